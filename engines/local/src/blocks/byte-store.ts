import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { countShared, crc32c, mostAtOnce } from '@dstream/core/engine'
import type { BytesOnDisk } from '@dstream/core/engine'
import type { FileRange, StoredBytes } from '../tasks/task-spec.ts'
import { packed, unpacked } from './packed.ts'
import { sealed, unsealed } from './spill-cipher.ts'

export interface ByteStoreOptions {
  readonly directory: string
  /** Memory is full: to disk. */
  readonly spill: boolean
  readonly compress: boolean
}

/** Where a task puts the bytes it leaves behind: in shared memory, or, when the driver says that is full, in one file. */
export class ByteStore {
  readonly #options: ByteStoreOptions
  #file: number | undefined
  #path = ''
  #written = 0

  constructor(options: ByteStoreOptions) {
    this.#options = options
  }

  /** `bytes` are in shared memory; they stay there or go to the file, whole. */
  put(bytes: Uint8Array<SharedArrayBuffer>): StoredBytes {
    const content = this.#options.compress ? packed(bytes) : bytes
    return this.#options.spill ? this.#write(content) : content
  }

  #write(content: Uint8Array): FileRange {
    if (this.#file === undefined) {
      mkdirSync(this.#options.directory, { recursive: true })
      this.#path = join(this.#options.directory, `block-${randomUUID()}`)
      this.#file = openSync(this.#path, 'wx', 0o600)
    }
    const start = this.#written
    const bytes = sealed(content, this.#path, start)
    for (let done = 0; done < bytes.byteLength;)
      done += writeSync(this.#file, bytes, done, Math.min(mostAtOnce, bytes.byteLength - done))
    this.#written += bytes.byteLength
    return { path: this.#path, start, length: bytes.byteLength, checksum: crc32c(bytes) }
  }

  /** Ends the file and removes it, with all that was put into it. */
  remove(): void {
    this.close()
    if (this.#path !== '') rmSync(this.#path, { force: true })
  }

  /** Ends the file. What was put stays. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

/** Puts bytes into a file of their own. */
export function storeAlone(bytes: Uint8Array<SharedArrayBuffer>, options: ByteStoreOptions): StoredBytes {
  const store = new ByteStore(options)
  try {
    return store.put(bytes)
  } finally {
    store.close()
  }
}

/** The bytes, wherever they are. @throws Error when the file is gone, cut or changed */
export function bytesOf(stored: StoredBytes): Uint8Array {
  if (!(stored instanceof Uint8Array)) return unpacked(readRange(stored))
  countShared(stored)
  return unpacked(stored)
}

/** A received block, wherever it is; nothing is decompressed. @throws Error when the file is gone, cut or changed */
export function blockBytes(stored: Uint8Array | BytesOnDisk): Uint8Array {
  if (stored instanceof Uint8Array) {
    countShared(stored)
    return stored
  }
  const { path, start, crc32: expected } = stored
  const bytes = read(stored)
  if (crc32(bytes) !== expected) throw changed(stored)
  return unsealed(bytes, path, start)
}

function readRange(range: FileRange): Uint8Array {
  const bytes = read(range)
  if (crc32c(bytes) !== range.checksum) throw changed(range)
  return unsealed(bytes, range.path, range.start)
}

type Range = Pick<FileRange, 'path' | 'start' | 'length'>

const changed = ({ path, start, length }: Range): Error =>
  new Error(`${path} was changed between bytes ${start} and ${start + length}`)

function read({ path, start, length }: Range): Uint8Array {
  const bytes = Buffer.allocUnsafe(length)
  const file = openSync(path, 'r')
  try {
    for (let done = 0; done < length;) {
      const got = readSync(file, bytes, done, Math.min(mostAtOnce, length - done), start + done)
      if (got === 0) throw new Error(`${path} ends at ${start + done}, before byte ${start + length}`)
      done += got
    }
  } finally {
    closeSync(file)
  }
  return bytes
}
