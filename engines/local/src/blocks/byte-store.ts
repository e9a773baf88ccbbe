import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { FileRange, StoredBytes } from '../tasks/task-spec.ts'

/** Where a task puts the bytes it leaves behind: in shared memory, or, when the driver says that is full, in one file. */
export class ByteStore {
  readonly #directory: string
  readonly #spill: boolean
  #file: number | undefined
  #path = ''
  #written = 0

  constructor(directory: string, spill: boolean) {
    this.#directory = directory
    this.#spill = spill
  }

  /** `bytes` are in shared memory; they stay there or go to the file, whole. */
  put(bytes: Uint8Array<SharedArrayBuffer>): StoredBytes {
    return this.#spill ? this.putOnDisk(bytes) : bytes
  }

  putOnDisk(bytes: Uint8Array): FileRange {
    if (this.#file === undefined) {
      mkdirSync(this.#directory, { recursive: true })
      this.#path = join(this.#directory, `block-${randomUUID()}`)
      this.#file = openSync(this.#path, 'wx', 0o600)
    }
    const start = this.#written
    for (let done = 0; done < bytes.byteLength;) done += writeSync(this.#file, bytes, done)
    this.#written += bytes.byteLength
    return { path: this.#path, start, length: bytes.byteLength }
  }

  /** Ends the file. What was put stays. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

/** The bytes, wherever they are. */
export function bytesOf(stored: StoredBytes): Uint8Array {
  if (stored instanceof Uint8Array) return stored
  const bytes = Buffer.allocUnsafe(stored.length)
  const file = openSync(stored.path, 'r')
  try {
    for (let done = 0; done < stored.length;) {
      const read = readSync(file, bytes, done, stored.length - done, stored.start + done)
      if (read === 0)
        throw new Error(`${stored.path} ends at ${stored.start + done}, before byte ${stored.start + stored.length}`)
      done += read
    }
  } finally {
    closeSync(file)
  }
  return bytes
}
