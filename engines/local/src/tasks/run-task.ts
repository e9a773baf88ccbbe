import { encodeRecords, partitionOf, returnedPromise } from '@dstream/core/engine'
import { ByteStore, storeAlone } from '../blocks/byte-store.ts'
import { removeFiles } from '../blocks/stored-files.ts'
import { estimateSize } from '../blocks/estimate-size.ts'
import type { HeapBlocks } from '../blocks/heap-blocks.ts'
import type { StateVersions } from '../blocks/state-versions.ts'
import { CellMap } from '../shuffle/cells.ts'
import { ShuffleColumns } from '../shuffle/write.ts'
import type { EndShape } from '../stages/generate.ts'
import type { KeptPartition, SkippedRecords, TaskResult, WorkerSettings } from '../workers/protocol.ts'
import { checkpoint } from './cancellation.ts'
import type { Cancellation } from './cancellation.ts'
import type { Chunks, TaskFn } from './compile.ts'
import { mergedCells, openInput } from './inputs.ts'
import type { InputServices } from './inputs.ts'
import { runSteps } from './run-steps.ts'
import { SeedChunks, stateCursor, stateRecords, stateSize } from './state.ts'
import { NotAPairError, OperatorError } from './task-error.ts'
import type { Pipeline, ShuffleTerminal, StateInput, TaskSpec, Terminal } from './task-spec.ts'

/** What a task draws on, besides what its message says. */
export interface TaskServices {
  readonly functionOf: (number: number) => TaskFn
  readonly heap: HeapBlocks
  readonly versions: StateVersions
  readonly spillDirectory: string
  readonly spill: boolean
  readonly compress: WorkerSettings['compress']
  readonly skipErrors: boolean
  readonly cancellation: Cancellation
}

/** What a finished task has made. */
export interface TaskOutcome {
  readonly result: TaskResult
  readonly kept: readonly KeptPartition[]
  readonly skipped: readonly SkippedRecords[]
  readonly recordsRead: number
  readonly recordsWritten: number
  readonly shuffleReadBytes: number
  readonly shuffleWriteBytes: number
  readonly resultBytes: number
}

/** Runs one task: its pipelines in order, the last one into the terminal. */
export async function runTask(spec: TaskSpec, partition: number, services: TaskServices): Promise<TaskOutcome> {
  const task = new TaskRun(spec, partition, services)
  try {
    return await task.run()
  } catch (error) {
    task.dropKept()
    task.store.remove()
    throw error
  } finally {
    task.store.close()
  }
}

/** The state of one run of a task. */
class TaskRun {
  readonly store: ByteStore
  readonly #spec: TaskSpec
  readonly #partition: number
  readonly #services: TaskServices
  readonly #results: Chunks[] = []
  readonly #kept: KeptPartition[] = []
  readonly #skipped = new Map<string, SkippedRecords>()
  #recordsRead = 0
  #recordsWritten = 0
  #shuffleReadBytes = 0
  #shuffleWriteBytes = 0
  #resultBytes = 0

  constructor(spec: TaskSpec, partition: number, services: TaskServices) {
    this.#spec = spec
    this.#partition = partition
    this.#services = services
    const { spillDirectory: directory, spill, compress } = services
    this.store = new ByteStore({ directory, spill, compress: compress.shuffle })
  }

  async run(): Promise<TaskOutcome> {
    const { pipelines } = this.#spec
    for (const pipeline of pipelines.slice(0, -1)) this.#results.push(await this.#intermediate(pipeline))
    const result = await this.#terminate(pipelines.at(-1)!)
    return {
      result,
      kept: this.#kept,
      skipped: [...this.#skipped.values()],
      recordsRead: this.#recordsRead,
      recordsWritten: this.#recordsWritten,
      shuffleReadBytes: this.#shuffleReadBytes,
      shuffleWriteBytes: this.#shuffleWriteBytes,
      resultBytes: this.#resultBytes,
    }
  }

  /** Forgets what a task has kept that failed: the driver will never know of it. */
  dropKept(): void {
    const { versions, heap } = this.#services
    for (const { nodeId, partition, bytes } of this.#kept) {
      if (bytes !== undefined) removeFiles([bytes])
      versions.drop(nodeId, partition)
      heap.drop(nodeId, partition)
    }
  }

  /** A pipeline that others read. One without steps hands on its input as it is, unread. */
  async #intermediate(pipeline: Pipeline): Promise<Chunks> {
    const input = await this.#open(pipeline)
    if (pipeline.input.from === 'state') return this.#versionRecords(pipeline.input)
    if (pipeline.steps.length === 0 && pipeline.keep === undefined)
      return Array.isArray(input) || input instanceof SeedChunks ? input : [...input]
    const records = (await this.#steps(pipeline, 'array', {}, input)) as unknown[]
    this.#keep(pipeline, records)
    return [records]
  }

  /** The pairs of a version, made as often as somebody goes through them. */
  #versionRecords(input: StateInput): Chunks {
    const services = this.#inputServices()
    return {
      [Symbol.iterator]: () =>
        stateRecords({ ...input, from: 'stateVersion', view: 'pairs' }, services)[Symbol.iterator](),
    }
  }

  async #terminate(pipeline: Pipeline): Promise<TaskResult> {
    const { terminal } = this.#spec
    if (pipeline.keep !== undefined) {
      this.#results.push(await this.#intermediate(pipeline))
      return this.#terminate({ input: { from: 'concat', inputs: [this.#results.length - 1] }, steps: [] })
    }
    if (pipeline.input.from === 'state') {
      await this.#open(pipeline)
      return this.#terminate({ ...pipeline, input: { ...pipeline.input, from: 'stateVersion', view: 'pairs' } })
    }
    switch (terminal.kind) {
      case 'collect':
        return this.#records((await this.#steps(pipeline, 'array', {})) as unknown[])
      case 'take':
        return this.#records((await this.#steps(pipeline, 'take', { limit: terminal.limit })) as unknown[])
      case 'count':
        return { kind: 'count', count: await this.#count(pipeline) }
      case 'run':
        if (terminal.beside && pipeline.steps.length === 0 && pipeline.input.from === 'stateVersion')
          return this.#value(await this.#call(terminal, stateCursor(pipeline.input, this.#inputServices())))
        return this.#value(
          await this.#steps(pipeline, 'iterator', {
            run: (records: Iterable<unknown>) => this.#call(terminal, records),
          }),
        )
      case 'shuffle':
        return this.#shuffle(pipeline, terminal)
    }
  }

  #records(records: unknown[]): TaskResult {
    const bytes = encodeRecords(records)
    this.#resultBytes = bytes.byteLength
    return { kind: 'records', bytes }
  }

  #value(value: unknown): TaskResult {
    const bytes = encodeRecords([value])
    this.#resultBytes = bytes.byteLength
    return { kind: 'value', bytes }
  }

  /** Counts without making what is only counted. */
  async #count(pipeline: Pipeline): Promise<number> {
    if (pipeline.steps.length === 0) {
      const { input } = pipeline
      if (input.from === 'lines') return (this.#recordsRead = input.records)
      if (input.from === 'range') return (this.#recordsRead = input.count)
      if (input.from === 'stateVersion') return stateSize(input, this.#inputServices())
      if (input.from === 'shuffle' && input.aggregate !== undefined)
        return sizeOfAll(mergedCells(input, this.#inputServices()))
      let count = 0
      for (const chunk of await this.#open(pipeline)) count += chunk.length
      return count
    }
    return (await this.#steps(pipeline, 'count', {})) as number
  }

  /** The function of a `run` action, given the records one by one. */
  #call(terminal: Extract<Terminal, { kind: 'run' }>, records: Iterable<unknown>): unknown {
    const value = this.#services.functionOf(terminal.f)(records[Symbol.iterator](), this.#partition)
    if (!terminal.async && value instanceof Promise) {
      value.catch(() => {})
      throw new OperatorError(returnedPromise(terminal.operator), terminal.operator, terminal.site)
    }
    return value
  }

  async #shuffle(pipeline: Pipeline, terminal: ShuffleTerminal): Promise<TaskResult> {
    const { functionOf } = this.#services
    const columns = new ShuffleColumns(
      terminal.partitioner.numPartitions,
      partitionOf(terminal.partitioner, functionOf),
      this.store,
    )
    const { aggregate } = terminal
    if (aggregate?.combined === true) {
      const end = {
        cells: new CellMap(cells => columns.putAll(cells).flush()),
        create: functionOf(aggregate.create),
        mergeValue: functionOf(aggregate.mergeValue),
        pair: asPair,
      }
      columns.putAll((await this.#steps(pipeline, 'combine', end)) as CellMap)
    } else await this.#steps(pipeline, 'spread', { put: columns.put, pair: asPair })
    const { blocks, records, bytes } = columns.finish()
    this.#recordsWritten = records
    this.#shuffleWriteBytes = bytes
    return { kind: 'shuffle', blocks }
  }

  #keep(pipeline: Pipeline, records: unknown[]): void {
    if (pipeline.keep === undefined) return
    const { nodeId, partition, level } = pipeline.keep
    if (level.deserialized && level.useMemory) {
      this.#services.heap.keep(nodeId, partition, records)
      this.#kept.push({ nodeId, partition, size: estimateSize(records) })
    } else {
      const { spillDirectory: directory, compress } = this.#services
      const options = { directory, spill: !level.useMemory, compress: compress.kept }
      const bytes = storeAlone(encodeRecords(records), options)
      this.#kept.push({ nodeId, partition, bytes, size: bytes.length })
    }
  }

  async #open(pipeline: Pipeline): Promise<Chunks> {
    const { input } = pipeline
    const chunks = await openInput(input, this.#inputServices())
    if (input.from === 'state') this.#kept.push({ nodeId: input.nodeId, partition: input.partition })
    const counted = input.from !== 'concat' && input.from !== 'zip' && input.from !== 'state'
    if (chunks instanceof SeedChunks) {
      this.#recordsRead += chunks.saved.size
      return chunks
    }
    if (!Array.isArray(chunks)) return this.#watched(chunks, counted)
    checkpoint(this.#services.cancellation)
    if (counted) for (const chunk of chunks) this.#recordsRead += chunk.length
    return chunks
  }

  /** Counts what is read and lets go of a task that nobody waits for any more. */
  *#watched(chunks: Chunks, counted: boolean): Generator<readonly unknown[]> {
    for (const chunk of chunks) {
      checkpoint(this.#services.cancellation)
      if (counted) this.#recordsRead += chunk.length
      yield chunk
    }
  }

  #inputServices(): InputServices {
    const { functionOf, heap, versions, cancellation, spillDirectory: directory } = this.#services
    return {
      scratch: () => new ByteStore({ directory, spill: true, compress: false }),
      functionOf,
      cancellation,
      heap,
      versions,
      results: this.#results,
      onShuffleRead: bytes => void (this.#shuffleReadBytes += bytes),
    }
  }

  async #steps(pipeline: Pipeline, shape: EndShape, end: unknown, input?: Chunks): Promise<unknown> {
    return runSteps(pipeline.steps, shape, end, input ?? (await this.#open(pipeline)), {
      terminal: this.#spec.terminal,
      functionOf: this.#services.functionOf,
      skipErrors: this.#services.skipErrors,
      cancellation: this.#services.cancellation,
      skipped: this.#skipped,
    })
  }
}

const asPair = (record: unknown): readonly unknown[] => {
  if (!Array.isArray(record)) throw new NotAPairError(record)
  return record
}

function sizeOfAll(maps: Iterable<CellMap>): number {
  let size = 0
  for (const cells of maps) size += cells.size
  return size
}
