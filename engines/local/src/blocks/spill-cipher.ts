import { aesGcm, plainPayloads, type PayloadCipher } from '@dstream/core/engine'

/** Of the worker's thread, which belongs to one engine. */
let cipher: PayloadCipher = plainPayloads

/** From now on what this thread puts on disk is encrypted. Every worker of an engine is given the same key, which lives as long as the engine. */
export function encryptSpills(key: Uint8Array): void {
  cipher = aesGcm(key)
}

/** The bytes as they are written, for a place in a file. */
export const sealed = (bytes: Uint8Array, path: string, start: number): Uint8Array => cipher.seal(bytes, placeOf(path, start)) // prettier-ignore

/** The bytes as they were, at a multiple of 8 of their memory. */
export const unsealed = (bytes: Uint8Array, path: string, start: number): Uint8Array =>
  cipher.overheadBytes === 0 ? bytes : cipher.open(bytes, placeOf(path, start))

/** What an encrypted range is bound to. */
export const placeOf = (path: string, start: number): string => `dstream block ${path} ${start}`
