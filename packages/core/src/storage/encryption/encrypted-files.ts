import { DStreamError } from '../../errors/dstream-error.ts'
import { crc32c } from '../crc32c.ts'
import type { FileReader, FileSystem, FileWriter } from '../file-system.ts'
import { nameOf } from '../paths.ts'
import { openPayload, sealedOverheadBytes, type PayloadCipher } from './cipher.ts'

/*
 * An encrypted file, version 1, little-endian; docs/formats.md says the same in words.
 *     0  8 bytes  "DSTRSEAL"          12  u32  plain bytes of each frame, but for the last
 *     8  u16  version                 16  u32  zero
 *    10  u16  zero                    20  u32  CRC-32C of bytes 0–19
 * Frames follow: CRC-32C of the sealed payload (u32), the sealed payload. The last one says that it is the last.
 */
const magic = Buffer.from('DSTRSEAL', 'latin1')
const version = 1
const headBytes = 24
const crcBytes = 4
const plainBytes = 1 << 18

/**
 * A store whose new files (of `createWriter`) are encrypted where the cipher encrypts, and in which `open` gives the plain bytes of those that are: others are read as they
 * are. Any range can be read without what is before it.
 */
export const encryptedFiles = (store: FileSystem, cipher: PayloadCipher): FileSystem => ({
  list: path => store.list(path),
  stat: path => store.stat(path),
  create: (path, content) => store.create(path, content),
  createExclusive: (path, content) => store.createExclusive(path, content),
  append: path => store.append(path),
  rename: (from, to) => store.rename(from, to),
  delete: path => store.delete(path),
  mkdirs: path => store.mkdirs(path),
  async createWriter(path) {
    const writer = await store.createWriter(path)
    return cipher.overheadBytes === 0 ? writer : new SealingWriter(writer, path, cipher)
  },
  async open(path) {
    const reader = await store.open(path)
    try {
      const head = Buffer.from(await reader.read(0, headBytes))
      if (!head.subarray(0, magic.length).equals(magic)) return reader
      const opening = new OpeningReader(reader, path, cipher, frameBytesOf(head, path))
      await opening.checkEnd()
      return opening
    } catch (error) {
      await reader.close()
      throw error
    }
  },
})

const placeOf = (path: string, index: number, last: boolean): string =>
  `dstream file ${nameOf(path)} ${index}${last ? ' last' : ''}`

class SealingWriter implements FileWriter {
  readonly #writer: FileWriter
  readonly #path: string
  readonly #cipher: PayloadCipher
  readonly #plain = Buffer.alloc(plainBytes)
  #length = 0
  #frames = 0

  constructor(writer: FileWriter, path: string, cipher: PayloadCipher) {
    this.#writer = writer
    this.#path = path
    this.#cipher = cipher
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      // A frame that is full may be the last: only what comes after it says that it is not.
      if (this.#length === plainBytes) await this.#seal(false)
      const part = bytes.subarray(at, at + plainBytes - this.#length)
      this.#plain.set(part, this.#length)
      this.#length += part.length
      at += part.length
    }
  }

  async commit(): Promise<void> {
    await this.#seal(true)
    await this.#writer.commit()
  }

  discard(): Promise<void> {
    return this.#writer.discard()
  }

  async #seal(last: boolean): Promise<void> {
    if (this.#frames === 0) await this.#writer.write(head())
    const context = placeOf(this.#path, this.#frames++, last)
    const sealed = this.#cipher.seal(this.#plain.subarray(0, this.#length), context)
    const crc = Buffer.alloc(crcBytes)
    crc.writeUInt32LE(crc32c(sealed))
    await this.#writer.write(Buffer.concat([crc, sealed]))
    this.#length = 0
  }
}

function head(): Buffer {
  const bytes = Buffer.alloc(headBytes)
  magic.copy(bytes)
  bytes.writeUInt16LE(version, 8)
  bytes.writeUInt32LE(plainBytes, 12)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 20)), 20)
  return bytes
}

/** How many plain bytes a frame has. @throws DStreamError CORRUPT_CHECKPOINT, FORMAT_TOO_NEW */
function frameBytesOf(bytes: Buffer, path: string): number {
  if (bytes.length < headBytes || crc32c(bytes.subarray(0, 20)) !== bytes.readUInt32LE(20))
    throw corrupt(path, 'its head is cut off or was changed')
  const found = bytes.readUInt16LE(8)
  if (found > version) {
    throw new DStreamError(
      'FORMAT_TOO_NEW',
      `${path} has format version ${found}; this program reads up to ${version}`,
      {
        hint: 'Run the version that wrote it, or a later one.',
      },
    )
  }
  return bytes.readUInt32LE(12)
}

class OpeningReader implements FileReader {
  readonly length: number
  readonly #reader: FileReader
  readonly #path: string
  readonly #cipher: PayloadCipher
  readonly #plain: number
  /** A frame as it is written. */
  readonly #sealed: number
  readonly #last: number
  #frame: { readonly index: number; readonly bytes: Uint8Array } | undefined

  constructor(reader: FileReader, path: string, cipher: PayloadCipher, plain: number) {
    this.#reader = reader
    this.#path = path
    this.#cipher = cipher
    this.#plain = plain
    this.#sealed = crcBytes + sealedOverheadBytes + plain
    const body = reader.length - headBytes
    this.#last = Math.max(0, Math.ceil(body / this.#sealed) - 1)
    const inLast = body - this.#last * this.#sealed - crcBytes - sealedOverheadBytes
    if (plain === 0 || inLast < 0) throw corrupt(path, 'it is cut off')
    this.length = this.#last * plain + inLast
  }

  async readInto(target: Uint8Array, offset: number): Promise<number> {
    const end = Math.min(this.length, offset + target.length)
    let at = offset
    while (at < end) {
      const index = Math.floor(at / this.#plain)
      const frame = await this.#open(index)
      const part = frame.subarray(at - index * this.#plain, end - index * this.#plain)
      target.set(part, at - offset)
      at += part.length
    }
    return Math.max(0, at - offset)
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.length - offset)))
    await this.readInto(bytes, offset)
    return bytes
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  /** The end of the file is the end of what was written. */
  async checkEnd(): Promise<void> {
    await this.#open(this.#last)
  }

  async #open(index: number): Promise<Uint8Array> {
    if (this.#frame?.index === index) return this.#frame.bytes
    const bytes = Buffer.from(await this.#reader.read(headBytes + index * this.#sealed, this.#sealed))
    const sealed = bytes.subarray(crcBytes)
    if (bytes.length < crcBytes || crc32c(sealed) !== bytes.readUInt32LE(0))
      throw corrupt(this.#path, `frame ${index} was changed, or frames behind it are missing`)
    const plain = this.#opened(sealed, index, index === this.#last)
    this.#frame = { index, bytes: plain }
    return plain
  }

  #opened(payload: Uint8Array, index: number, last: boolean): Uint8Array {
    try {
      const context = placeOf(this.#path, index, last)
      return openPayload(this.#cipher, payload, { sealed: true, context, file: this.#path })
    } catch (error) {
      if (last && this.#opens(payload, index)) throw corrupt(this.#path, 'it is cut off behind a frame')
      throw error
    }
  }

  /** It is a whole frame, of which others were written behind. */
  #opens(payload: Uint8Array, index: number): boolean {
    try {
      this.#cipher.open(payload, placeOf(this.#path, index, false))
      return true
    } catch {
      return false
    }
  }
}

const corrupt = (path: string, why: string): DStreamError =>
  new DStreamError('CORRUPT_CHECKPOINT', `${path} is no whole encrypted file: ${why}`, {
    hint: 'What was saved there is lost; go on from an older checkpoint, or without one.',
  })
