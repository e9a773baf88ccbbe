import { decodeRecords, encodeRecords } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { crc32c, type FileSystem, type FileWriter } from '../../storage/index.ts'
import { firstRecords, nextRecords } from './frame-size.ts'

/**
 * The file of one saved partition, all numbers little-endian:
 *
 * ```
 * header   "DSTRSAVE"  version u32  crc32c of the 12 bytes before u32
 * frame    length u32 (> 0)  crc32c of the bytes u32  bytes: encoded records (docs/records.md)       … any number of them
 * trailer  0 u32  crc32c of the next 8 bytes u32  number of records f64
 * ```
 *
 * A file without its trailer, or with anything behind it, is not whole. A reader that does not know the version refuses.
 */
export const savedFileVersion = 1

const magic = Buffer.from('DSTRSAVE', 'latin1')
const headerBytes = 16
const frameHeadBytes = 8

/** Writes records as a saved file and gives their number. When it resolves, the file is whole and safe; when it fails, nothing is left. */
export async function writeSavedFile(store: FileSystem, path: string, records: Iterable<unknown>): Promise<number> {
  const writer = await store.createWriter(path)
  try {
    await writer.write(header())
    const written = await writeFrames(writer, records)
    await writer.write(trailer(written))
    await writer.commit()
    return written
  } catch (error) {
    await writer.discard().catch(() => undefined) // The first error is the one to tell.
    throw error
  }
}

async function writeFrames(writer: FileWriter, records: Iterable<unknown>): Promise<number> {
  let written = 0
  let chunk: unknown[] = []
  let most = firstRecords
  const flush = async (): Promise<void> => {
    const bytes = encodeRecords(chunk)
    await writer.write(frameHead(bytes.length, crc32c(bytes)))
    await writer.write(bytes)
    written += chunk.length
    most = nextRecords(chunk.length, bytes.length)
    chunk = []
  }
  for (const record of records) {
    chunk.push(record)
    if (chunk.length === most) await flush()
  }
  if (chunk.length > 0) await flush()
  return written
}

/**
 * The records of a saved file.
 * @throws DStreamError CORRUPT_CHECKPOINT when the file is not what was written, STORAGE_… when it cannot be read
 */
export async function readSavedFile(store: FileSystem, path: string): Promise<Iterable<unknown>> {
  const reader = await store.open(path)
  try {
    const bytes = Buffer.alloc(reader.length)
    if ((await reader.readInto(bytes, 0)) !== bytes.length) throw corrupt(path, 'it became shorter while it was read')
    checkHeader(bytes, path)
    return recordsOf(bytes, path)
  } finally {
    await reader.close()
  }
}

function* recordsOf(bytes: Buffer, path: string): Generator<unknown> {
  let read = 0
  let at = headerBytes
  for (;;) {
    if (at + frameHeadBytes > bytes.length) throw corrupt(path, `it is cut off at byte ${bytes.length}`)
    const length = bytes.readUInt32LE(at)
    const body = bytes.subarray(at + frameHeadBytes, at + frameHeadBytes + (length || 8))
    if (body.length < (length || 8)) throw corrupt(path, `it is cut off at byte ${bytes.length}`)
    if (crc32c(body) !== bytes.readUInt32LE(at + 4)) throw corrupt(path, `the bytes from ${at} on were changed`)
    at += frameHeadBytes + body.length
    if (length === 0) return checkEnd(bytes, at, body.readDoubleLE(0) === read, path)
    const records = decodeRecords(aligned(body))
    read += records.length
    yield* records
  }
}

function checkEnd(bytes: Buffer, at: number, complete: boolean, path: string): void {
  if (!complete) throw corrupt(path, 'records are missing')
  if (at !== bytes.length) throw corrupt(path, `there are bytes behind its end at ${at}`)
}

function checkHeader(bytes: Buffer, path: string): void {
  if (bytes.length < headerBytes || !bytes.subarray(0, magic.length).equals(magic))
    throw corrupt(path, 'it does not begin as one')
  if (crc32c(bytes.subarray(0, 12)) !== bytes.readUInt32LE(12)) throw corrupt(path, 'its header was changed')
  const version = bytes.readUInt32LE(8)
  if (version !== savedFileVersion)
    throw corrupt(path, `it is of version ${version}, and this program reads version ${savedFileVersion}`)
}

function header(): Buffer {
  const bytes = Buffer.alloc(headerBytes)
  magic.copy(bytes)
  bytes.writeUInt32LE(savedFileVersion, 8)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 12)), 12)
  return bytes
}

function frameHead(length: number, crc: number): Buffer {
  const bytes = Buffer.alloc(frameHeadBytes)
  bytes.writeUInt32LE(length, 0)
  bytes.writeUInt32LE(crc, 4)
  return bytes
}

function trailer(records: number): Buffer {
  const count = Buffer.alloc(8)
  count.writeDoubleLE(records, 0)
  return Buffer.concat([frameHead(0, crc32c(count)), count])
}

/** Encoded records are read in place at multiples of 8 bytes. */
function aligned(bytes: Buffer): Uint8Array {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy
}

const corrupt = (path: string, why: string): DStreamError =>
  new DStreamError('CORRUPT_CHECKPOINT', `${path} is no whole file of saved records: ${why}`, {
    hint: 'What was saved there is lost; go on from an older checkpoint, or without one.',
  })
