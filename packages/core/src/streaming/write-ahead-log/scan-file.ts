import type { FileReader } from '../../storage/file-system.ts'
import {
  decodeFileHead,
  decodeRecordHead,
  fileHeadBytes,
  isPayloadOf,
  marker,
  recordHeadBytes,
} from './record-format.ts'
import type { RecordHead } from './record-format.ts'

/** A record as it stands in a file, its payload as it was written (encrypted or not). */
export interface FoundRecord extends RecordHead {
  readonly offset: number
  readonly payload: Uint8Array
}

/** Bytes of a file that are no record. */
export interface DamagedBytes {
  readonly offset: number
  readonly bytes: number
  readonly reason: string
}

export interface FileVisitor {
  /** Returns false to read no further. */
  record(record: FoundRecord): boolean | void
  damage(damage: DamagedBytes): void
}

/** Read at a time, where a record is not larger. */
const windowBytes = 1 << 20

/**
 * Finds everything that is whole in a log file, in order, whatever else is in it; tells what is not. Every length is held against its checksum and
 * against what the file has left before anything is allocated for it. Behind a damage the next record is searched by its marker.
 *
 * Cost: one pass, 1 MB at a time; payloads are views into what was read.
 */
export async function scanFile(reader: FileReader, visitor: FileVisitor): Promise<void> {
  const window = new Window(reader)
  const head = decodeFileHead(await window.at(0, fileHeadBytes))
  let at = typeof head === 'object' ? fileHeadBytes : 0
  const headReason = typeof head === 'string' ? head : ''
  while (at < reader.length) {
    const record = await recordAt(window, at, reader.length)
    if ('payload' in record) {
      if (visitor.record(record) === false) return
      at += recordHeadBytes + record.length
      continue
    }
    const end = record.next ?? (await nextRecord(window, at + 1, reader.length))
    visitor.damage({ offset: at, bytes: end - at, reason: at === 0 ? headReason : record.reason })
    at = end
  }
  if (reader.length === 0) visitor.damage({ offset: 0, bytes: 0, reason: headReason })
}

/** Why there is no record at a place, and where to go on if that is known. */
interface NoRecord {
  readonly reason: string
  readonly next?: number
}

/** The record at a place, or why there is none. */
async function recordAt(window: Window, at: number, fileLength: number): Promise<FoundRecord | NoRecord> {
  const bytes = await window.at(at, recordHeadBytes)
  const head = decodeRecordHead(bytes, at)
  if (head === undefined) {
    const left = fileLength - at
    if (left < recordHeadBytes) return { reason: `the file ends within a record’s head, after ${left} bytes of it` }
    return { reason: 'there is no record’s head, or its checksum is wrong' }
  }
  const end = at + recordHeadBytes + head.length
  if (end > fileLength) {
    const reason = `the file ends within a record of ${head.length} bytes, ${end - fileLength} before its end`
    return { reason, next: fileLength }
  }
  const payload = (await window.at(at, recordHeadBytes + head.length)).subarray(recordHeadBytes, recordHeadBytes + head.length) // prettier-ignore
  if (payload.length < head.length) return { reason: 'the file became shorter while it was read', next: fileLength }
  if (!isPayloadOf(head, payload)) {
    return { reason: `the checksum of a record of ${head.length} bytes is wrong`, next: end }
  }
  return { ...head, offset: at, payload }
}

/** Where the next record begins, from `at` on; the end of the file where none does. */
async function nextRecord(window: Window, at: number, fileLength: number): Promise<number> {
  while (at + recordHeadBytes <= fileLength) {
    const bytes = await window.at(at, recordHeadBytes)
    if (bytes.length < recordHeadBytes) break
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(marker)
    // A marker may lie across the end of the window.
    if (found < 0) {
      at += bytes.length - marker.length + 1
      continue
    }
    at += found
    if (decodeRecordHead(await window.at(at, recordHeadBytes), at) !== undefined) return at
    at++
  }
  return fileLength
}

/** A part of a file in memory. */
class Window {
  readonly #reader: FileReader
  #bytes: Uint8Array = new Uint8Array(0)
  #start = 0

  constructor(reader: FileReader) {
    this.#reader = reader
  }

  /** At least `length` bytes from `offset` on, or all there are. Earlier ones stay as they are: each window has memory of its own. */
  async at(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.#reader.length)
    if (offset < this.#start || end > this.#start + this.#bytes.length) {
      this.#bytes = await this.#reader.read(
        offset,
        Math.min(Math.max(length, windowBytes), this.#reader.length - offset),
      )
      this.#start = offset
    }
    return this.#bytes.subarray(offset - this.#start)
  }
}
