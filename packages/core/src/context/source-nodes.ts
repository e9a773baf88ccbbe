import { encodeRecords } from '../codec/index.ts'
import { DStreamError } from '../errors/dstream-error.ts'
import { codecOfFile, type SplitWish } from '../formats/index.ts'
import { splitReader, type FileReading } from '../rdd/files/read-files.ts'
import type { NewNode } from '../rdd/plan/node.ts'
import type { SourceSpec } from '../rdd/plan/source-spec.ts'
import { iterable, positiveSlices } from './parallelize-arguments.ts'
import { inputFiles, textSplits } from './text-splits.ts'

/** Where plans begin: values of the driver, numbers, files. */

/** Slice i holds the values from floor(i·n/p) up to floor((i+1)·n/p), as they are now. @throws DStreamError NOT_A_COLLECTION, PARTITION_COUNT */
export function valuesNode<T>(operator: string, values: Iterable<T>, numSlices: number): NewNode {
  positiveSlices(numSlices)
  const all = Array.isArray(values) ? (values as T[]) : [...iterable(operator, values)]
  const cut = (i: number): number => Math.floor((i * all.length) / numSlices)
  const partitions = Array.from({ length: numSlices }, (_, i) => encodeRecords(all.slice(cut(i), cut(i + 1))))
  return sourceNode(operator, { kind: 'values', partitions }, numSlices)
}

/** Without partitions. */
export const emptyNode = (): NewNode => sourceNode('emptyRDD', { kind: 'values', partitions: [] }, 0)

/** @throws DStreamError RANGE_STEP, PARTITION_COUNT */
export function rangeNode(start: number, end: number, step: number, numSlices: number): NewNode {
  positiveSlices(numSlices)
  if (step === 0 || !Number.isFinite(step))
    throw new DStreamError('RANGE_STEP', `step cannot be ${step}`, { hint: 'Use another step.' })
  return sourceNode('range', { kind: 'range', start, end, step }, numSlices)
}

/** Lines; where one of the files is compressed, each file is read by one task. @throws DStreamError INPUT_NOT_FOUND, INPUT_NOT_A_FILE */
export function textNode(path: string, minSplits: number): NewNode {
  const compressed = inputFiles(path).some(file => codecOfFile(file.path) !== undefined)
  if (compressed)
    return filesNode(path, { minSplits }, { operator: 'textFile', format: 'TextInputFormat', records: 'values' })
  const splits = textSplits(path, minSplits)
  return sourceNode('textFile', { kind: 'text', splits }, splits.length)
}

/** @throws DStreamError INPUT_NOT_FOUND, INPUT_NOT_A_FILE */
export function filesNode<K, V, S>(path: string, wish: SplitWish, reading: FileReading<K, V, S>): NewNode {
  const { read, splits } = splitReader(reading)
  const files = inputFiles(path).map(file => ({ path: file.path, size: file.length }))
  const source = { kind: 'reader', splits: splits(files, wish), read } as const
  return sourceNode(reading.operator, source, source.splits.length)
}

const sourceNode = (operator: string, source: SourceSpec, numPartitions: number): NewNode => ({
  kind: 'source',
  operator,
  parents: [],
  numPartitions,
  source,
})
