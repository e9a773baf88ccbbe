import fs from 'node:fs'
import { crc32 } from 'node:zlib'
import { decodeRecords, linesOf } from '../../codec/index.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import type { SourceNode } from '../../rdd/plan/node.ts'
import type { BytesOnDisk, StoredBlock, TextSplit } from '../../rdd/plan/source-spec.ts'

type Instantiate = (f: TaskFunction) => (...args: unknown[]) => unknown

/** The records of a partition of a source, in full. */
export async function recordsOfSource(
  { source, numPartitions }: SourceNode,
  partition: number,
  instantiate: Instantiate,
): Promise<unknown[]> {
  switch (source.kind) {
    case 'values':
      return decodeRecords(source.partitions[partition]!)
    case 'range': {
      const length = Math.max(0, Math.ceil((source.end - source.start) / source.step))
      const cut = (i: number): number => Math.floor((i * length) / numPartitions)
      const first = cut(partition)
      return Array.from({ length: cut(partition + 1) - first }, (_, i) => source.start + (first + i) * source.step)
    }
    case 'blocks':
      return recordsOfBlock(source.blocks[partition]!)
    case 'text':
      return linesOfSplit(source.splits[partition]!)
    case 'reader':
      return allOf(await instantiate(source.read)(source.splits[partition], partition))
  }
}

function recordsOfBlock({ bytes, format }: StoredBlock): unknown[] {
  const content = bytes instanceof Uint8Array ? bytes : bytesOnDisk(bytes)
  return format === 'lines' ? linesOf(content) : decodeRecords(content)
}

function bytesOnDisk({ path, start, length, crc32: expected }: BytesOnDisk): Uint8Array {
  const content = new Uint8Array(fs.readFileSync(path).subarray(start, start + length))
  if (crc32(content) !== expected) throw new Error(`${path} was changed between bytes ${start} and ${start + length}`)
  return content
}

/** Everything an iterable has, asynchronous or not. */
export async function allOf(records: unknown): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const record of records as Iterable<unknown> | AsyncIterable<unknown>) all.push(record)
  return all
}

/** The lines of a split, by Hadoop's rule (see TextSplit), without a byte order mark: the whole file is read, which is naive and plainly right. */
function linesOfSplit({ path, start, length, last }: TextSplit): string[] {
  const bytes = fs.readFileSync(path)
  const end = lineBegin(bytes, start + length - (last && length > 0 ? 1 : 0))
  const begin = start === 0 && bytes.indexOf('\ufeff') === 0 ? 3 : lineBegin(bytes, start)
  return linesOf(bytes.subarray(begin, end))
}

const newline = 10
const carriageReturn = 13

/** The first place behind `from` at which a line begins; 0 for 0. */
function lineBegin(bytes: Buffer, from: number): number {
  if (from === 0) return 0
  for (let at = from + 1; at < bytes.length; at++) {
    const before = bytes[at - 1]
    if (before === newline || (before === carriageReturn && bytes[at] !== newline)) return at
  }
  return bytes.length
}
