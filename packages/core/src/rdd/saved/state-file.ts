import { decodePairs, decodeRecords, encodePairs, encodeRecords } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { crc32c, type FileSystem } from '../../storage/index.ts'

/**
 * The file of one partition of keyed state: a snapshot, which holds every key, or a delta, which holds what has changed since another file (its base).
 * Little-endian; everything begins at a multiple of 8 bytes. docs/formats.md has every field.
 *
 * ```
 * header   "DSTRSTAT"  version u16  flags u16  checksum of the base u32  time f64  time of the base f64  0 u32  crc32c of the bytes before u32
 * frame    length u32  kind u32  records u32  crc32c of the 12 bytes before and of the content u32  content     … any number of them
 * end      a frame of kind 3: keys put f64  keys removed f64  checksum of the file u32  0 u32
 * ```
 */
export const stateFileVersion = 1

export const stateMagic = Buffer.from('DSTRSTAT', 'latin1')
const headerBytes = 40
const frameHeadBytes = 16
const endBytes = 24
const flags = { delta: 1, timed: 2 } as const
const frameKind = { put: 1, removed: 2, end: 3 } as const

/** What a delta goes back to. */
interface StateFileBase {
  readonly timeMs: number
  readonly checksum: number
}

export interface StateFileHead {
  readonly timeMs: number
  /** Every key has the time of its last update. */
  readonly timed: boolean
  /** Only of a delta. */
  readonly base?: StateFileBase
}

/** Keys with their hashes (keyHash), states and, where the file is timed, times of the last update. */
interface PutKeys {
  readonly keys: readonly unknown[]
  readonly hashes: Int32Array
  readonly states: readonly unknown[]
  readonly updatedMs: ArrayLike<number>
}

/** What has become of keys: either they have a state, or none any more. */
export type StateFrame = ({ readonly kind: 'put' } & PutKeys) | { readonly kind: 'removed'; readonly keys: unknown[] }

export interface EncodedFrame {
  readonly kind: StateFrame['kind']
  /** How many there are. */
  readonly keys: number
  readonly bytes: Buffer
}

/** A file that was written. */
interface WrittenStateFile {
  readonly bytes: number
  readonly checksum: number
}

/** Writes a file frame by frame, as they are made. When it resolves, the file is whole and safe; when it fails, nothing is left. */
export async function writeStateFile(
  store: FileSystem,
  path: string,
  head: StateFileHead,
  frames: Iterable<EncodedFrame>,
): Promise<WrittenStateFile> {
  const writer = await store.createWriter(path)
  try {
    await writer.write(header(head))
    let bytes = headerBytes
    let checksum = 0
    const count = { put: 0, removed: 0 }
    for (const frame of frames) {
      checksum = crc32c(frame.bytes.subarray(12, frameHeadBytes), checksum)
      count[frame.kind] += frame.keys
      bytes += frame.bytes.length
      await writer.write(frame.bytes)
    }
    await writer.write(endFrame(count, checksum))
    await writer.commit()
    return { bytes: bytes + frameHeadBytes + endBytes, checksum }
  } catch (error) {
    await writer.discard().catch(() => undefined) // The first error is the one to tell.
    throw error
  }
}

function header({ timeMs, timed, base }: StateFileHead): Buffer {
  const bytes = Buffer.alloc(headerBytes)
  stateMagic.copy(bytes)
  bytes.writeUInt16LE(stateFileVersion, 8)
  bytes.writeUInt16LE((base === undefined ? 0 : flags.delta) | (timed ? flags.timed : 0), 10)
  bytes.writeUInt32LE(base?.checksum ?? 0, 12)
  bytes.writeDoubleLE(timeMs, 16)
  bytes.writeDoubleLE(base?.timeMs ?? 0, 24)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 36)), 36)
  return bytes
}

/** A frame as the file has it; `timed` as the head of the file. */
export const encodedFrame = (frame: StateFrame, timed: boolean): EncodedFrame => ({
  kind: frame.kind,
  keys: frame.keys.length,
  bytes: frameBytes(frame, timed),
})

function frameBytes(frame: StateFrame, timed: boolean): Buffer {
  const count = frame.keys.length
  if (frame.kind === 'removed') {
    const block = encodeRecords(frame.keys)
    const bytes = newFrame(frameKind.removed, block.length, count)
    bytes.set(block, frameHeadBytes)
    return sealed(bytes)
  }
  const block = encodePairs(frame.keys, frame.states)
  const pairsAt = aligned(4 * count) + (timed ? 8 * count : 0)
  const bytes = newFrame(frameKind.put, pairsAt + block.length, count)
  const content = bytes.byteOffset + frameHeadBytes
  new Int32Array(bytes.buffer, content, count).set(frame.hashes)
  if (timed) new Float64Array(bytes.buffer, content + aligned(4 * count), count).set(frame.updatedMs)
  bytes.set(block, frameHeadBytes + pairsAt)
  return sealed(bytes)
}

function endFrame(count: { readonly put: number; readonly removed: number }, checksum: number): Buffer {
  const bytes = newFrame(frameKind.end, endBytes, 0)
  bytes.writeDoubleLE(count.put, frameHeadBytes)
  bytes.writeDoubleLE(count.removed, frameHeadBytes + 8)
  bytes.writeUInt32LE(checksum, frameHeadBytes + 16)
  return sealed(bytes)
}

/** In memory of its own, so that columns in it are at multiples of 8. */
function newFrame(kind: number, length: number, records: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(frameHeadBytes + length))
  bytes.writeUInt32LE(length, 0)
  bytes.writeUInt32LE(kind, 4)
  bytes.writeUInt32LE(records, 8)
  return bytes
}

function sealed(frame: Buffer): Buffer {
  frame.writeUInt32LE(frameChecksum(frame), 12)
  return frame
}

const frameChecksum = (frame: Buffer): number => crc32c(frame.subarray(frameHeadBytes), crc32c(frame.subarray(0, 12)))
const aligned = (length: number): number => Math.ceil(length / 8) * 8

/** A file of keyed state that was read: its head is right, its frames are looked at when they are asked for. */
export class StateFile {
  readonly head: StateFileHead
  readonly #bytes: Buffer
  readonly #path: string
  #checksum: number | undefined

  /**
   * @param bytes the whole file, at a multiple of 8 of its memory
   * @throws DStreamError CORRUPT_CHECKPOINT, FORMAT_TOO_NEW
   */
  constructor(bytes: Buffer, path: string) {
    this.#bytes = bytes
    this.#path = path
    this.head = readHeader(bytes, path)
  }

  get length(): number {
    return this.#bytes.length
  }

  /** How many keys it puts, as its end says, which is not checked yet: never more than there are bytes for. */
  get expectedKeys(): number {
    const end = this.#bytes.length - endBytes
    if (end < headerBytes + frameHeadBytes) return 0
    const said = this.#bytes.readDoubleLE(end)
    return said >= 0 ? Math.min(Math.trunc(said), Math.floor(end / 4)) : 0
  }

  /** Known once all frames have been read. */
  get checksum(): number {
    if (this.#checksum === undefined) throw new Error('The frames have not been read')
    return this.#checksum
  }

  /** @throws DStreamError CORRUPT_CHECKPOINT where the file is not what was written */
  *frames(): Generator<StateFrame> {
    const count = { put: 0, removed: 0 }
    let checksum = 0
    let at = headerBytes
    for (;;) {
      const frame = this.#frameAt(at)
      at += frame.length
      const kind = frame.readUInt32LE(4)
      if (kind === frameKind.end) return this.#end(frame, at, count, checksum)
      checksum = crc32c(frame.subarray(12, frameHeadBytes), checksum)
      const decoded = this.#decoded(frame, kind)
      count[decoded.kind] += decoded.keys.length
      yield decoded
    }
  }

  #frameAt(at: number): Buffer {
    const bytes = this.#bytes
    const cut = (): DStreamError => corruptState(this.#path, `it is cut off at byte ${bytes.length}`)
    if (at + frameHeadBytes > bytes.length) throw cut()
    const length = frameHeadBytes + bytes.readUInt32LE(at)
    if (length > bytes.length - at) throw cut()
    const frame = bytes.subarray(at, at + length)
    if (frameChecksum(frame) !== frame.readUInt32LE(12) || length % 8 !== 0)
      throw corruptState(this.#path, `the bytes from ${at} on were changed`)
    return frame
  }

  #decoded(frame: Buffer, kind: number): StateFrame {
    const count = frame.readUInt32LE(8)
    const content = frame.subarray(frameHeadBytes)
    const wrong = (): DStreamError => corruptState(this.#path, 'a frame does not hold what its head says')
    if (kind === frameKind.removed) {
      const keys = decodeRecords(content)
      if (keys.length !== count) throw wrong()
      return { kind: 'removed', keys }
    }
    const { timed } = this.head
    const timesAt = aligned(4 * count)
    const pairsAt = timesAt + (timed ? 8 * count : 0)
    if (kind !== frameKind.put || pairsAt > content.length) throw wrong()
    const { keys, values: states } = decodePairs(content.subarray(pairsAt))
    if (keys.length !== count) throw wrong()
    const hashes = new Int32Array(content.buffer, content.byteOffset, count)
    const updatedMs = timed ? new Float64Array(content.buffer, content.byteOffset + timesAt, count) : []
    return { kind: 'put', keys, hashes, states, updatedMs }
  }

  #end(frame: Buffer, at: number, count: { readonly put: number; readonly removed: number }, checksum: number): void {
    const whole =
      frame.length === frameHeadBytes + endBytes &&
      frame.readDoubleLE(frameHeadBytes) === count.put &&
      frame.readDoubleLE(frameHeadBytes + 8) === count.removed &&
      frame.readUInt32LE(frameHeadBytes + 16) === checksum
    if (!whole) throw corruptState(this.#path, 'frames are missing')
    if (at !== this.#bytes.length) throw corruptState(this.#path, `there are bytes behind its end at ${at}`)
    this.#checksum = checksum
  }
}

function readHeader(bytes: Buffer, path: string): StateFileHead {
  if (bytes.length < headerBytes || !bytes.subarray(0, 8).equals(stateMagic))
    throw corruptState(path, 'it does not begin as one')
  if (crc32c(bytes.subarray(0, 36)) !== bytes.readUInt32LE(36)) throw corruptState(path, 'its header was changed')
  const version = bytes.readUInt16LE(8)
  if (version > stateFileVersion) throw tooNew(path, version)
  const flagged = bytes.readUInt16LE(10)
  const head = { timeMs: bytes.readDoubleLE(16), timed: (flagged & flags.timed) !== 0 }
  if ((flagged & flags.delta) === 0) return head
  return { ...head, base: { timeMs: bytes.readDoubleLE(24), checksum: bytes.readUInt32LE(12) } }
}

const tooNew = (path: string, version: number): DStreamError =>
  new DStreamError(
    'FORMAT_TOO_NEW',
    `${path} is of version ${version}, and this program reads up to ${stateFileVersion}`,
    {
      hint: 'Go on with the version of dstream that wrote it.',
    },
  )

export const corruptState = (path: string, why: string): DStreamError =>
  new DStreamError('CORRUPT_CHECKPOINT', `${path} is no whole file of saved state: ${why}`, {
    hint: 'What was saved there is lost; go on from an older checkpoint, or without one.',
  })
