import { crc32c } from '../../../storage/crc32c.ts'

/*
 * The layout of a checkpoint file, version 1; docs/formats.md says the same in words. Numbers are little-endian, f64 ones are whole.
 *
 *     0  8 bytes  "DSTRMCKP"                 24  f64  time of writing, epoch ms
 *     8  u16  version                        32  f64  length of the payload in bytes
 *    10  u16  flags: 1 = encrypted           40  u32  CRC-32C of the payload
 *    12  u32  epoch of the writer            44  u32  CRC-32C of bytes 0–43
 *    16  f64  batch time, epoch ms           48  the payload, to the end of the file
 */
export const checkpointVersion = 1
export const checkpointHeadBytes = 48
const magic = Buffer.from('DSTRMCKP')
const sealedFlag = 1
/** Where the checksum of the head is. */
const crcAt = checkpointHeadBytes - 4

/** What the head of a checkpoint file says. */
export interface CheckpointHead {
  readonly version: number
  readonly encrypted: boolean
  /** Of the process that wrote it: later processes have higher ones. */
  readonly epoch: number
  /** The batch that it was written for. */
  readonly timeMs: number
  readonly writtenMs: number
  readonly payloadBytes: number
  readonly payloadCrc: number
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export function encodeCheckpointHead(
  head: Omit<CheckpointHead, 'version' | 'payloadBytes' | 'payloadCrc'>,
  payload: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(checkpointHeadBytes)
  const view = viewOf(bytes)
  bytes.set(magic)
  view.setUint16(8, checkpointVersion, true)
  view.setUint16(10, head.encrypted ? sealedFlag : 0, true)
  view.setUint32(12, head.epoch, true)
  view.setFloat64(16, head.timeMs, true)
  view.setFloat64(24, head.writtenMs, true)
  view.setFloat64(32, payload.length, true)
  view.setUint32(40, crc32c(payload), true)
  view.setUint32(crcAt, crc32c(bytes.subarray(0, crcAt)), true)
  return bytes
}

/** The head of a file of that length, or why it has none. */
export function decodeCheckpointHead(bytes: Uint8Array, fileLength: number): CheckpointHead | string {
  if (fileLength === 0) return 'it is empty'
  if (bytes.length < checkpointHeadBytes) return `it ends within its head, after ${bytes.length} bytes`
  const view = viewOf(bytes)
  if (Buffer.compare(bytes.subarray(0, 8), magic) !== 0) return 'it does not begin as a checkpoint does'
  if (view.getUint32(crcAt, true) !== crc32c(bytes.subarray(0, crcAt))) return 'the checksum of its head is wrong'
  const head = {
    version: view.getUint16(8, true),
    encrypted: (view.getUint16(10, true) & sealedFlag) !== 0,
    epoch: view.getUint32(12, true),
    timeMs: view.getFloat64(16, true),
    writtenMs: view.getFloat64(24, true),
    payloadBytes: view.getFloat64(32, true),
    payloadCrc: view.getUint32(40, true),
  }
  // The head of a later version may be another one from here on.
  if (head.version > checkpointVersion) return head
  const there = fileLength - checkpointHeadBytes
  if (there < head.payloadBytes) return `it is cut off: ${there} of ${head.payloadBytes} bytes are there`
  if (there > head.payloadBytes) return `it has ${there - head.payloadBytes} bytes more than it should`
  return head
}
