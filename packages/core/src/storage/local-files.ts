import type { FileHandle } from 'node:fs/promises'
import type { Appender, FileReader } from './file-system.ts'
import { attempt } from './storage-error.ts'

/** Bytes that one call may be given: Node refuses to write 2 GiB at once, and ends the whole process when it is asked to read them. */
export const mostAtOnce = 2 ** 30

/** Writes all of the bytes: one call may write a part. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number | null = null): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const length = Math.min(mostAtOnce, bytes.length - at)
    const { bytesWritten } = await handle.write(bytes, at, length, position === null ? null : position + at)
    at += bytesWritten
  }
}

/** Pieces that one call may be given, on every system. */
const mostPieces = 1000

/** As writeAll, of pieces one behind the other. */
async function writePieces(handle: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  for (let at = 0; at < pieces.length; at += mostPieces) {
    const some = pieces.slice(at, at + mostPieces)
    let { bytesWritten: done } = await handle.writev(some, position)
    for (const piece of some) {
      // What the call has left over.
      if (done < piece.length) await writeAll(handle, piece.subarray(Math.max(0, done)), position + Math.max(0, done))
      done -= piece.length
      position += piece.length
    }
  }
}

/** An open file of a local disk. */
export class LocalReader implements FileReader {
  readonly length: number
  readonly #handle: FileHandle
  readonly #path: string

  constructor(handle: FileHandle, path: string, length: number) {
    this.#handle = handle
    this.#path = path
    this.length = length
  }

  readInto(target: Uint8Array, offset: number): Promise<number> {
    return attempt('read', this.#path, async () => {
      let at = 0
      while (at < target.length) {
        const length = Math.min(mostAtOnce, target.length - at)
        const { bytesRead } = await this.#handle.read(target, at, length, offset + at)
        if (bytesRead === 0) break
        at += bytesRead
      }
      return at
    })
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    // No more than the file has: who asks for "the rest" with a large number gets no large buffer.
    const { size } = await attempt('read', this.#path, () => this.#handle.stat())
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
    return bytes.subarray(0, await this.readInto(bytes, offset))
  }

  close(): Promise<void> {
    return attempt('close', this.#path, () => this.#handle.close())
  }
}

/** The end of a growing file of a local disk. */
export class LocalAppender implements Appender {
  readonly #handle: FileHandle
  readonly #path: string
  #length: number

  constructor(handle: FileHandle, path: string, length: number) {
    this.#handle = handle
    this.#path = path
    this.#length = length
  }

  get length(): number {
    return this.#length
  }

  async write(bytes: Uint8Array): Promise<void> {
    await attempt('append to', this.#path, () => writeAll(this.#handle, bytes, this.#length))
    this.#length += bytes.length
  }

  async writeAll(pieces: readonly Uint8Array[]): Promise<void> {
    await attempt('append to', this.#path, () => writePieces(this.#handle, pieces, this.#length))
    this.#length += pieces.reduce((sum, piece) => sum + piece.length, 0)
  }

  sync(): Promise<void> {
    return attempt('flush', this.#path, () => this.#handle.datasync())
  }

  async truncate(length: number): Promise<void> {
    await attempt('truncate', this.#path, async () => {
      await this.#handle.truncate(length)
      await this.#handle.sync()
    })
    this.#length = length
  }

  close(): Promise<void> {
    return attempt('close', this.#path, () => this.#handle.close())
  }
}
