import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { aesGcm, plainPayloads } from '@dstream/core/engine'
import type { BytesOnDisk, PayloadCipher } from '@dstream/core/engine'
import { placeOf } from './spill-cipher.ts'

/**
 * Received blocks that memory has no room for: each in a file of its own, written beside the driver's thread and read by the tasks, straight from disk. Encrypted with the
 * engine's key, as everything that is spilled.
 */
export class ReceivedFiles {
  readonly #directory: string
  readonly #cipher: PayloadCipher
  /** Files that are being written. */
  readonly #writing = new Set<Promise<unknown>>()

  constructor(directory: string, key: Uint8Array | undefined) {
    this.#directory = directory
    this.#cipher = key === undefined ? plainPayloads : aesGcm(key)
  }

  store(bytes: Uint8Array): Promise<BytesOnDisk> {
    const stored = this.#store(bytes)
    this.#writing.add(stored)
    const ended = (): void => void this.#writing.delete(stored)
    stored.then(ended, ended)
    return stored
  }

  /** Resolves when nothing is being written: whoever removes the directory before would get it back. Nothing may be stored after this was called. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#writing)
  }

  async #store(bytes: Uint8Array): Promise<BytesOnDisk> {
    await mkdir(this.#directory, { recursive: true })
    const path = join(this.#directory, `received-${randomUUID()}`)
    const content = this.#cipher.seal(bytes, placeOf(path, 0))
    try {
      await writeFile(path, content, { flag: 'wx', mode: 0o600 })
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
    return { path, start: 0, length: content.byteLength, crc32: crc32(content) }
  }

  /** Nothing waits for it; a file that is gone already is no error. */
  drop({ path }: BytesOnDisk): void {
    rm(path, { force: true }).catch(() => {})
  }
}
