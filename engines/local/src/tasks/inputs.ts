import { decodeRecords, lineChunks, SavedState } from '@dstream/core/engine'
import { blockBytes, bytesOf } from '../blocks/byte-store.ts'
import type { ByteStore } from '../blocks/byte-store.ts'
import type { HeapBlocks } from '../blocks/heap-blocks.ts'
import type { StateVersions } from '../blocks/state-versions.ts'
import { mergeInParts } from '../shuffle/merge-in-parts.ts'
import { readPairs, sortedByKey } from '../shuffle/read.ts'
import type { Merge } from '../shuffle/read.ts'
import type { CellMap } from '../shuffle/cells.ts'
import type { MissingData } from '../workers/protocol.ts'
import type { AggregateSpec, Input } from './task-spec.ts'
import { checkpoint, chunked, flat } from './cancellation.ts'
import type { Cancellation } from './cancellation.ts'
import type { Chunks, TaskFn } from './compile.ts'
import { SeedChunks, stateRecords, stepState } from './state.ts'
import { MissingBlockError, NotIterableError, OperatorError } from './task-error.ts'
import { readTextSplit } from './text-split.ts'

/** What a pipeline's input may draw on. */
export interface InputServices {
  readonly functionOf: (number: number) => TaskFn
  readonly heap: HeapBlocks
  /** A store on disk for what does not fit into memory while the task runs. */
  readonly scratch: () => ByteStore
  readonly versions: StateVersions
  /** The results of the pipelines before this one. */
  readonly results: readonly Chunks[]
  readonly onShuffleRead: (bytes: number) => void
  readonly cancellation: Cancellation
}

const CHUNK = 4096

/** Opens an input: arrays of records, made as they are asked for. A promise where the input is read asynchronously. */
export function openInput(input: Input, services: InputServices): Chunks | Promise<Chunks> {
  switch (input.from) {
    case 'values':
      return [decodeRecords(blockBytes(input.bytes))]
    case 'range':
      return rangeChunks(input.start, input.step, input.count)
    case 'lines':
      return lineChunks(blockBytes(input.bytes))
    case 'text':
      return readTextSplit(input.split)
    case 'reader':
      return withOperator(input, () =>
        chunksOf(services.functionOf(input.read)(input.split, input.partition), input, services),
      )
    case 'shuffle':
      return openShuffle(input, services)
    case 'concat':
      return concat(input.inputs.map(i => services.results[i]!))
    case 'zip':
      return withOperator(input, () => {
        const iterators = input.inputs.map(i => flat(services.results[i]!, services.cancellation))
        return chunksOf(services.functionOf(input.f)(iterators, input.partition), input, services)
      })
    case 'heap': {
      const records = services.heap.get(input.nodeId, input.partition)
      if (records === undefined)
        throw new MissingBlockError(
          `partition ${input.partition} of dataset ${input.nodeId} is no longer on this worker`,
          input,
        )
      return [records]
    }
    case 'bytes':
      return [decodeRecords(present(input, () => bytesOf(input.bytes)))]
    case 'state':
      stepState(input, services)
      return stateRecords({ ...input, from: 'stateVersion', view: 'pairs' }, services)
    case 'stateVersion':
      return stateRecords(input, services)
  }
}

function openShuffle(input: Extract<Input, { from: 'shuffle' }>, services: InputServices): Chunks {
  services.onShuffleRead(
    input.blocks.reduce((sum, block) => sum + (block instanceof Uint8Array ? block.byteLength : block.length), 0),
  )
  const blocks = () => readPairs(input.blocks, block => present(input, () => bytesOf(block)))
  if (input.aggregate === undefined && input.order === undefined) return blocks()
  if (input.order === undefined) return pairsOf(mergedCells(input, services))
  const pairs = input.aggregate === undefined ? [...blocks()] : [...pairsOf(mergedCells(input, services))]
  return [sortedByKey(pairs.flat(), input.order)]
}

function* pairsOf(maps: Iterable<CellMap>): Generator<[unknown, unknown][]> {
  for (const cells of maps) yield cells.pairs()
}

/** The merged keys of a shuffle that aggregates: each key in one of the maps; one map where memory allows. */
export function* mergedCells(input: Extract<Input, { from: 'shuffle' }>, services: InputServices): Generator<CellMap> {
  const aggregate = input.aggregate as AggregateSpec
  const merge: Merge = {
    create: services.functionOf(aggregate.create) as (value: unknown) => unknown,
    mergeValue: services.functionOf(aggregate.mergeValue) as (a: unknown, b: unknown) => unknown,
    mergeCombiners: services.functionOf(aggregate.mergeCombiners) as (a: unknown, b: unknown) => unknown,
    combined: aggregate.combined,
    cancellation: services.cancellation,
  }
  try {
    yield* mergeInParts(input.blocks, block => present(input, () => bytesOf(block)), merge, services.scratch)
  } catch (error) {
    throw placed(error, aggregate)
  }
}

/** Reads stored bytes; where that fails, they count as gone. */
function present(input: MissingData, read: () => Uint8Array): Uint8Array {
  try {
    return read()
  } catch (error) {
    throw new MissingBlockError(`data of dataset ${input.nodeId} cannot be read: ${String(error)}`, input, error)
  }
}

/** An operator as the user wrote it, and where. */
interface Place {
  readonly operator: string
  readonly site: string
}

/** Runs something that calls the user's function of one operator; an error it throws is given the operator's name. */
export function withOperator<T>(at: Place, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw placed(error, at)
  }
}

const placed = (error: unknown, { operator, site }: Place): OperatorError =>
  error instanceof OperatorError ? error : new OperatorError(error, operator, site)

/** Any iterable, async iterable or promise of one, as chunks. What it throws on the way is given the operator's name. */
function chunksOf(value: unknown, at: Place, services: InputServices): Chunks | Promise<Chunks> {
  if (Array.isArray(value)) return [value as unknown[]]
  if (value instanceof SavedState) return new SeedChunks(value, services.cancellation)
  const many = value as Partial<AsyncIterable<unknown> & Iterable<unknown> & PromiseLike<unknown>> | null | undefined
  if (typeof many?.then === 'function') return settled(many as PromiseLike<unknown>, at, services)
  if (typeof many?.[Symbol.asyncIterator] === 'function') return gathered(many as AsyncIterable<unknown>, at, services)
  if (typeof many?.[Symbol.iterator] === 'function') return readFrom(many as Iterable<unknown>, at, services)
  throw new NotIterableError(value, at.operator, at.site)
}

async function settled(promise: PromiseLike<unknown>, at: Place, services: InputServices): Promise<Chunks> {
  try {
    return await chunksOf(await promise, at, services)
  } catch (error) {
    throw placed(error, at)
  }
}

async function gathered(many: AsyncIterable<unknown>, at: Place, services: InputServices): Promise<Chunks> {
  const records: unknown[] = []
  try {
    for await (const record of many) {
      checkpoint(services.cancellation)
      records.push(record)
    }
  } catch (error) {
    throw placed(error, at)
  }
  return [records]
}

function* readFrom(many: Iterable<unknown>, at: Place, { cancellation }: InputServices): Generator<unknown[]> {
  try {
    yield* chunked(many, cancellation)
  } catch (error) {
    throw placed(error, at)
  }
}

function* rangeChunks(start: number, step: number, count: number): Generator<number[]> {
  for (let from = 0; from < count; from += CHUNK) {
    const length = Math.min(CHUNK, count - from)
    yield Array.from({ length }, (_, i) => start + (from + i) * step)
  }
}

function* concat(inputs: readonly Chunks[]): Generator<readonly unknown[]> {
  for (const chunks of inputs) yield* chunks
}
