import { crc32 } from 'node:zlib'
import { crc32c } from '../../storage/crc32c.ts'

/*
 * The layout of a log file, version 2; docs/formats.md says the same in words. Numbers are little-endian, f64 ones are whole.
 *
 * File head, 56 bytes:                              Record head, 40 bytes, then the payload:
 *     0  8 bytes  "DSTRMLOG"                            0  u32  marker, the bytes 44 53 72 ec
 *     8  u16  version                                   4  u32  length of the payload
 *    10  u16  zero                                      8  f64  sequence
 *    12  u32  epoch of the writer                      16  f64  time, epoch ms
 *    16  u32  epoch that it goes on from               24  u32  epoch of the writer
 *    20  u32  zero                                     28  u32  flags: 1 = encrypted, 2 = checksum by CRC-32
 *    24  f64  sequence of the first record             32  u32  CRC-32 of the payload (version 1: CRC-32C)
 *    32  f64  time of creation, epoch ms               36  u32  CRC-32C of the place in the file (f64) and bytes 0–35
 *    40  f64  start of the file that it goes on from
 *    48  u32  zero
 *    52  u32  CRC-32C of bytes 0–51
 */
export const logVersion = 2
export const fileHeadBytes = 56
export const recordHeadBytes = 40
const fileMagic = Buffer.from('DSTRMLOG')
/** What a record begins with. Not UTF-8, so that no text holds it. */
export const marker = Buffer.from([0x44, 0x53, 0x72, 0xec])
export const maxPayloadBytes = 0xffff_ffff
/** Where the checksum of a file's head is. */
const crcAt = fileHeadBytes - 4
const sealedFlag = 1
const crc32Flag = 2

export interface FileHead {
  readonly version: number
  readonly epoch: number
  /** The epoch of the records that this writer read before it began; what other epochs between wrote does not count. */
  readonly previousEpoch: number
  /** The start, as in its name, of the last file of that epoch that it read. Later ones of that epoch do not count either. */
  readonly previousStartMs: number
  /** Records of earlier files from this number on do not count. */
  readonly firstSequence: number
  readonly createdMs: number
}

export interface RecordHead {
  readonly length: number
  /** Each record of a log has the number after the one before. */
  readonly sequence: number
  readonly timeMs: number
  readonly epoch: number
  readonly sealed: boolean
  readonly payloadCrc: number
  /** The payload's checksum is CRC-32, not CRC-32C as in version 1. */
  readonly byCrc32: boolean
}

/** What the payload of a record is bound to when it is encrypted. */
export const sealContext = (epoch: number, sequence: number): string => `dstream log ${epoch} ${sequence}`

/** The checksum of a payload, as it is written now: blocks are large, and this one runs in native code. */
export const payloadChecksum = (payload: Uint8Array): number => crc32(payload)

/** The payload is the one that the head was written for. */
export const isPayloadOf = ({ length, byCrc32, payloadCrc }: RecordHead, payload: Uint8Array): boolean =>
  payload.length === length && (byCrc32 ? crc32(payload) : crc32c(payload)) === payloadCrc

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export function encodeFileHead(head: Omit<FileHead, 'version'>): Uint8Array {
  const bytes = new Uint8Array(fileHeadBytes)
  const view = viewOf(bytes)
  bytes.set(fileMagic)
  view.setUint16(8, logVersion, true)
  view.setUint32(12, head.epoch, true)
  view.setUint32(16, head.previousEpoch, true)
  view.setFloat64(24, head.firstSequence, true)
  view.setFloat64(32, head.createdMs, true)
  view.setFloat64(40, head.previousStartMs, true)
  view.setUint32(crcAt, crc32c(bytes.subarray(0, crcAt)), true)
  return bytes
}

/** The head of a file, or why it is none. */
export function decodeFileHead(bytes: Uint8Array): FileHead | string {
  if (bytes.length < fileHeadBytes) return `the file ends within its head, after ${bytes.length} bytes`
  const view = viewOf(bytes)
  if (Buffer.compare(bytes.subarray(0, 8), fileMagic) !== 0) return 'the file does not begin as a log does'
  if (view.getUint32(crcAt, true) !== crc32c(bytes.subarray(0, crcAt)))
    return 'the checksum of the file’s head is wrong'
  return {
    version: view.getUint16(8, true),
    epoch: view.getUint32(12, true),
    previousEpoch: view.getUint32(16, true),
    firstSequence: view.getFloat64(24, true),
    createdMs: view.getFloat64(32, true),
    previousStartMs: view.getFloat64(40, true),
  }
}

/** The checksum of a record's head at its place: a copy of a record elsewhere, inside of another one for instance, does not match. */
function headCrc(head: Uint8Array, offset: number): number {
  const place = new Uint8Array(8)
  viewOf(place).setFloat64(0, offset, true)
  return crc32c(head.subarray(0, 36), crc32c(place))
}

/** Writes a record into `target` at `at`, for the place `offset` of a file. Returns where the next one begins in `target`. */
export function encodeRecord(
  target: Uint8Array,
  at: number,
  offset: number,
  record: Omit<RecordHead, 'length' | 'byCrc32'>,
  payload: Uint8Array,
): number {
  const payloadAt = encodeRecordHead(target, at, offset, record, payload)
  target.set(payload, payloadAt)
  return payloadAt + payload.length
}

/** As encodeRecord, of the head alone: the payload is written behind it. */
export function encodeRecordHead(
  target: Uint8Array,
  at: number,
  offset: number,
  record: Omit<RecordHead, 'length' | 'byCrc32'>,
  payload: Uint8Array,
): number {
  const head = target.subarray(at, at + recordHeadBytes)
  const view = viewOf(head)
  head.set(marker)
  view.setUint32(4, payload.length, true)
  view.setFloat64(8, record.sequence, true)
  view.setFloat64(16, record.timeMs, true)
  view.setUint32(24, record.epoch, true)
  view.setUint32(28, (record.sealed ? sealedFlag : 0) | crc32Flag, true)
  view.setUint32(32, record.payloadCrc, true)
  view.setUint32(36, headCrc(head, offset), true)
  return at + recordHeadBytes
}

/** The head of a record that stands at `offset` of its file, or `undefined` where none does. A length in it is the one that was written. */
export function decodeRecordHead(bytes: Uint8Array, offset: number): RecordHead | undefined {
  if (bytes.length < recordHeadBytes) return undefined
  const view = viewOf(bytes)
  for (let i = 0; i < marker.length; i++) if (bytes[i] !== marker[i]) return undefined
  if (view.getUint32(36, true) !== headCrc(bytes, offset)) return undefined
  return {
    length: view.getUint32(4, true),
    sequence: view.getFloat64(8, true),
    timeMs: view.getFloat64(16, true),
    epoch: view.getUint32(24, true),
    sealed: (view.getUint32(28, true) & sealedFlag) !== 0,
    payloadCrc: view.getUint32(32, true),
    byCrc32: (view.getUint32(28, true) & crc32Flag) !== 0,
  }
}
