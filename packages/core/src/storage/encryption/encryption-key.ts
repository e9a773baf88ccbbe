import { readFileSync } from 'node:fs'
import { aesGcm, keyError, plainPayloads, type PayloadCipher } from './cipher.ts'

/** Where the keys are: `spark.io.encryption.*`. Plain data, without any key. */
export interface EncryptionSettings {
  /** `spark.io.encryption.enabled` */
  readonly enabled: boolean
  /** `spark.io.encryption.keySizeBits`: 128, 192 or 256. Without it, the size of the key that is given. */
  readonly keySizeBits?: number
  /** `spark.dstream.io.encryption.keyFile`: a file with the keys and nothing else. It wins over the environment. */
  readonly keyFile?: string
}

/** The variable of the environment that holds the keys where no file is named. */
export const keyVariable = 'DSTREAM_IO_ENCRYPTION_KEY'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The cipher that the settings ask for. The key comes from a file or from the environment (`DSTREAM_IO_ENCRYPTION_KEY`), as base64 or hexadecimal digits:
 * never from the configuration, which is logged and shown, and never into what is written. Spark makes a key for each application; here the key must
 * outlive the process, since the next one has to read what this one wrote.
 *
 * There may be several, each on a line of its own or after a comma: the first encrypts, the others open what was encrypted before the key was replaced. Where encryption is off,
 * they still open what was encrypted while it was on.
 *
 * @throws DStreamError ENCRYPTION_KEY when it is on and there is no key, or not one of that size
 * @example
 * cipherOf({ enabled: false }, {}).overheadBytes // => 0
 */
export function cipherOf(settings: EncryptionSettings, environment: Environment = process.env): PayloadCipher {
  if (settings.enabled) return keyRing(settings, environment)
  if (textOfKeys(settings, environment) === undefined) return plainPayloads
  // A key that nothing needs may be gone, or worth nothing.
  let ring: PayloadCipher | undefined
  return {
    ...plainPayloads,
    open: (sealed, context) => (ring ??= keyRing(settings, environment)).open(sealed, context),
  }
}

function keyRing(settings: EncryptionSettings, environment: Environment): PayloadCipher {
  const text = textOfKeys(settings, environment)
  if (text === undefined) throw keyError('spark.io.encryption.enabled is set, and there is no key')
  const place = settings.keyFile ?? keyVariable
  const [key, ...older] = text()
    .split(/[\s,]+/)
    .filter(one => one !== '')
    .map((one, i) => bytesOf(one) ?? notOne(i, place))
  if (key === undefined) throw keyError(`There is no key for encryption in ${place}`)
  const { keySizeBits = key.length * 8 } = settings
  if (key.length * 8 !== keySizeBits) {
    throw keyError(`The key in ${place} has ${key.length * 8} bits, spark.io.encryption.keySizeBits is ${keySizeBits}`)
  }
  return aesGcm(key, ...older)
}

function notOne(index: number, place: string): never {
  throw keyError(`Key ${index + 1} for encryption in ${place} is not 16, 24 or 32 bytes`)
}

/** Gives the text in which the keys are; undefined where none is named. */
function textOfKeys({ keyFile }: EncryptionSettings, environment: Environment): (() => string) | undefined {
  const text = environment[keyVariable]
  if (keyFile === undefined) return text === undefined || text === '' ? undefined : () => text
  return () => {
    try {
      return readFileSync(keyFile, 'latin1')
    } catch (cause) {
      throw keyError(`The key for encryption cannot be read from ${keyFile}`, cause)
    }
  }
}

/** Hexadecimal digits, or base64 in either alphabet. Nothing else: Buffer would skip what it does not know. */
function bytesOf(text: string): Uint8Array | undefined {
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return [16, 24, 32].includes(bytes.length) ? bytes : undefined
}
