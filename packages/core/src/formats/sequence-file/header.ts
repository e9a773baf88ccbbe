import { corruptAt, type SequenceWindow } from './sequence-window.ts'
import { unsupportedSequenceFile } from '../errors.ts'
import type { ReadSteps } from '../read-steps.ts'
import { DataInput } from './data-input.ts'
import type { DataOutput } from './data-output.ts'

/** `none`: records as they are; `record`: each value compressed; `block`: keys and values of many records compressed together. */
export type SequenceCompression = 'none' | 'record' | 'block'

/** The beginning of a SequenceFile. */
export interface SequenceFileHeader {
  readonly keyClass: string
  readonly valueClass: string
  readonly compression: SequenceCompression
  /** Hadoop's class of the codec; undefined where nothing is compressed. */
  readonly codec: string | undefined
  readonly metadata: ReadonlyMap<string, string>
  /** 16 random bytes of this file, which mark where reading can begin. */
  readonly sync: Uint8Array
}

export const syncSize = 16
/** Stands where a record would have its length, and says that the sync marker follows. */
export const syncEscape = -1
const version = 6
/** A header larger than this is taken for a broken one. */
const maxHeaderBytes = 256 * 1024

export function writeHeader(output: DataOutput, header: SequenceFileHeader): void {
  output.raw(Buffer.from('SEQ'))
  output.int8(version)
  output.text(header.keyClass)
  output.text(header.valueClass)
  output.int8(header.compression === 'none' ? 0 : 1)
  output.int8(header.compression === 'block' ? 1 : 0)
  if (header.codec !== undefined) output.text(header.codec)
  output.int32(header.metadata.size)
  for (const [name, value] of header.metadata) {
    output.text(name)
    output.text(value)
  }
  output.raw(header.sync)
}

/** Reads the header at the beginning of the file; the window stands behind it then. */
export function* readHeader(window: SequenceWindow): ReadSteps<never, SequenceFileHeader> {
  window.seek(0)
  yield* window.fill(maxHeaderBytes)
  const length = Math.min(window.held, maxHeaderBytes)
  const input = new DataInput(window.path).open(window.buffer.subarray(0, length), 0, false)
  checkMagic(window, input)
  const header = headerOf(input)
  window.seek(input.at)
  return header
}

function checkMagic(window: SequenceWindow, input: DataInput): void {
  if (input.left < 4 || input.bytes.latin1Slice(0, 3) !== 'SEQ') throw corruptAt(window, 0, 'not a SequenceFile')
  const found = input.bytes[3]!
  if (found !== version) {
    throw unsupportedSequenceFile(
      window.path,
      `it is of version ${found}`,
      `Version ${version} is read here, which Hadoop has written since 2006.`,
    )
  }
  input.take(4)
}

function headerOf(input: DataInput): SequenceFileHeader {
  const keyClass = className(input)
  const valueClass = className(input)
  const compressed = flag(input)
  const inBlocks = flag(input)
  if (inBlocks && !compressed) throw input.corrupt('it says that blocks are compressed, and that nothing is')
  const codec = compressed ? className(input) : undefined
  const count = input.int32()
  if (count < 0) throw input.corrupt(`it says that ${count} entries of metadata follow`)
  const metadata = new Map<string, string>()
  for (let i = 0; i < count; i++) metadata.set(input.text(), input.text())
  const compression = inBlocks ? 'block' : compressed ? 'record' : 'none'
  return { keyClass, valueClass, compression, codec, metadata, sync: input.raw(syncSize) }
}

function className(input: DataInput): string {
  const name = input.text()
  if (!/^[\w$.]+$/.test(name)) throw input.corrupt('the name of a class is none')
  return name
}

function flag(input: DataInput): boolean {
  const value = input.int8()
  if (value !== 0 && value !== 1) throw input.corrupt(`yes or no is ${value}`)
  return value === 1
}
