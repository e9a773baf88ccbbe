import { readFileSync } from 'node:fs'
import { aesGcm, keyError, plainPayloads, type PayloadCipher } from './cipher.ts'

/** Where the key is, when `spark.io.encryption.enabled` is on. */
export interface EncryptionSettings {
  /** `spark.io.encryption.enabled` */
  readonly enabled: boolean
  /** `spark.io.encryption.keySizeBits`: 128, 192 or 256. Without it, the size of the key that is given. */
  readonly keySizeBits?: number
  /** `spark.dstream.io.encryption.keyFile`: a file with the key and nothing else. It wins over the environment. */
  readonly keyFile?: string
}

/** The variable of the environment that holds the key where no file is named. */
export const keyVariable = 'DSTREAM_IO_ENCRYPTION_KEY'

/**
 * The cipher that the settings ask for. The key comes from a file or from the environment (`DSTREAM_IO_ENCRYPTION_KEY`), as base64 or hexadecimal digits:
 * never from the configuration, which is logged and shown, and never into what is written. Spark makes a key for each application; here the key must
 * outlive the process, since the next one has to read what this one wrote.
 *
 * @throws DStreamError ENCRYPTION_KEY when there is no key, or not one of that size
 * @example
 * cipherOf({ enabled: false }).overheadBytes // => 0
 */
export function cipherOf(
  settings: EncryptionSettings,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): PayloadCipher {
  if (!settings.enabled) return plainPayloads
  const [text, place] = textOfKey(settings, environment)
  const key = bytesOf(text.trim())
  if (key === undefined) throw keyError(`The key for encryption in ${place} is not 16, 24 or 32 bytes`)
  const { keySizeBits = key.length * 8 } = settings
  if (key.length * 8 !== keySizeBits) {
    throw keyError(`The key in ${place} has ${key.length * 8} bits, spark.io.encryption.keySizeBits is ${keySizeBits}`)
  }
  return aesGcm(key)
}

function textOfKey(
  { keyFile }: EncryptionSettings,
  environment: Readonly<Record<string, string | undefined>>,
): readonly [text: string, place: string] {
  if (keyFile !== undefined) {
    try {
      return [readFileSync(keyFile, 'latin1'), keyFile]
    } catch (cause) {
      throw keyError(`The key for encryption cannot be read from ${keyFile}`, cause)
    }
  }
  const text = environment[keyVariable]
  if (text !== undefined && text !== '') return [text, keyVariable]
  throw keyError('spark.io.encryption.enabled is set, and there is no key')
}

/** Hexadecimal digits, or base64 in either alphabet. Nothing else: Buffer would skip what it does not know. */
function bytesOf(text: string): Uint8Array | undefined {
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return [16, 24, 32].includes(bytes.length) ? bytes : undefined
}
