import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { DStreamError } from '../../errors/dstream-error.ts'

/**
 * Turns bytes that are to be kept into those that are written, and back: encryption, or nothing. One for logs, checkpoints, saved records and spilled
 * blocks. Formats say of each payload whether it was sealed, so what was written before encryption was turned on, or off, stays readable.
 *
 * `context` says what the bytes are (`'log 7'`). It is not stored, and must be the same again on opening: so a piece of one file that was put into another is
 * noticed.
 */
export interface PayloadCipher {
  seal(plain: Uint8Array, context: string): Uint8Array
  /** Of bytes that were sealed, with this cipher's key or one of those before it. @throws DStreamError PAYLOAD_NOT_OPENED when there is no such key, or a bit has changed */
  open(sealed: Uint8Array, context: string): Uint8Array
  /** What sealing adds, in bytes; 0: bytes stay as they are, and are not sealed. */
  readonly overheadBytes: number
}

/** Bytes as they are, where there is no key. */
export const plainPayloads: PayloadCipher = {
  seal: plain => plain,
  open: () => {
    throw notOpened('it is encrypted, and no key is given')
  },
  overheadBytes: 0,
}

/** The payload of a file, opened if it was sealed. The error says which file. */
export function openPayload(
  cipher: PayloadCipher,
  payload: Uint8Array,
  { sealed, context, file }: { readonly sealed: boolean; readonly context: string; readonly file: string },
): Uint8Array {
  if (!sealed) return payload
  try {
    return cipher.open(payload, context)
  } catch (error) {
    if (!(error instanceof DStreamError)) throw error
    throw new DStreamError(error.code, `${file}: ${error.message.split('\n')[0]}`, { hint, cause: error })
  }
}

/*
 * A sealed payload, version 1:
 *     0  u8    version, 1            12  16 bytes  salt, of the cipher object that sealed it
 *     1  u8    key length in bytes   28  12 bytes  nonce: a counter of that object, big-endian
 *     2  u16   zero                  40  …         AES-GCM of the plain bytes
 *     4  8 bytes  name of the key   end  16 bytes  the tag, which also covers bytes 0–39 and the context
 */
const version = 1
const nameAt = 4
const saltAt = 12
const nonceAt = 28
const bodyAt = 40
const tagBytes = 16
/** What sealing adds, whatever the key. */
export const sealedOverheadBytes = bodyAt + tagBytes

/** As many derived keys are remembered: a salt is of one process's cipher, and a directory holds what few processes wrote. */
const rememberedKeys = 64

/**
 * AES-GCM with the first of the given keys (16, 24 or 32 bytes: AES-128, -192, -256). The others open what was written with them, so that a key can be replaced.
 *
 * Each cipher object derives a key of its own (HKDF-SHA-256 with a random salt) and counts its nonces, so no nonce ever serves twice, however many processes
 * share the key and however much they write. The first eight bytes of a hash of the key are its name: with a wrong key the error says so. Cost: 56 bytes a payload, a few µs
 * and, with the processor's AES instructions, well below 1 ns a byte.
 *
 * @throws DStreamError ENCRYPTION_KEY for a key of another length
 * @example
 * const cipher = aesGcm(Buffer.alloc(32, 7))
 * Buffer.from(cipher.open(cipher.seal(Buffer.from('secret'), 'log 1'), 'log 1')).toString() // => 'secret'
 */
export function aesGcm(key: Uint8Array, ...older: readonly Uint8Array[]): PayloadCipher {
  const [own, ...others] = [key, ...older].map(one => new SealingKey(one))
  const byName = new Map([...others, own!].map(one => [one.name.toString('hex'), one]))
  const salt = randomBytes(16)
  let count = 0
  return {
    overheadBytes: sealedOverheadBytes,
    seal(plain, context) {
      const head = Buffer.alloc(bodyAt)
      head[0] = version
      head[1] = key.length
      own!.name.copy(head, nameAt)
      salt.copy(head, saltAt)
      head.writeUIntBE(++count, nonceAt + 6, 6)
      const cipher = createCipheriv(own!.algorithm, own!.derived(salt), head.subarray(nonceAt, bodyAt))
      cipher.setAAD(Buffer.concat([head, Buffer.from(context)]))
      return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes.length < bodyAt + tagBytes || bytes[0] !== version) throw notOpened('it is not encrypted, or not by this version') // prettier-ignore
      const known = byName.get(bytes.toString('hex', nameAt, saltAt))
      if (known === undefined || bytes[1] !== known.length) throw notOpened('it was encrypted with another key')
      const nonce = bytes.subarray(nonceAt, bodyAt)
      const decipher = createDecipheriv(known.algorithm, known.derived(bytes.subarray(saltAt, nonceAt)), nonce)
      decipher.setAAD(Buffer.concat([bytes.subarray(0, bodyAt), Buffer.from(context)]))
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(bodyAt, -tagBytes)), decipher.final()])
      } catch (cause) {
        throw notOpened(`it has been changed, or is not ${context}`, cause)
      }
    },
  }
}

/** A key, its name, and the keys derived of it for each salt. */
class SealingKey {
  readonly name: Buffer
  readonly length: number
  readonly algorithm: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm'
  readonly #key: Uint8Array
  readonly #derived = new Map<string, Uint8Array>()

  constructor(key: Uint8Array) {
    if (![16, 24, 32].includes(key.length)) throw keyError(`The key for encryption has ${key.length * 8} bits`)
    this.#key = key
    this.length = key.length
    this.name = createHash('sha256').update('dstream key name').update(key).digest().subarray(0, 8)
    this.algorithm = `aes-${(key.length * 8) as 128 | 192 | 256}-gcm` as const
  }

  derived(salt: Uint8Array): Uint8Array {
    const id = Buffer.from(salt).toString('latin1')
    let found = this.#derived.get(id)
    if (found === undefined) {
      if (this.#derived.size >= rememberedKeys) this.#derived.clear()
      found = new Uint8Array(hkdfSync('sha256', this.#key, salt, 'dstream at rest 1', this.length))
      this.#derived.set(id, found)
    }
    return found
  }
}

const hint = 'Use the key, and the settings of spark.io.encryption, with which it was written.'

const notOpened = (why: string, cause?: unknown): DStreamError =>
  new DStreamError('PAYLOAD_NOT_OPENED', `What is stored cannot be decrypted: ${why}`, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  })

/** The error for a key that is missing or no key. */
export const keyError = (what: string, cause?: unknown): DStreamError =>
  new DStreamError('ENCRYPTION_KEY', what, {
    hint: 'Give 16, 24 or 32 random bytes as base64 or hexadecimal digits, for example of: openssl rand -base64 32.',
    ...(cause === undefined ? {} : { cause }),
  })
