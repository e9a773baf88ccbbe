import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Milliseconds, StreamingContext, Time, type DStream, type RDD, type SparkContext } from 'dstream'
import { ManualClock, lookInto, untilIdle } from 'dstream/testing'
import { field, type InputSpec, type NodeSpec, type OutputSpec } from '../cases.ts'
import { call } from '../unsupported.ts'
import { decodeAll, encode, type Json } from '../values.ts'
import { firstBatchMs } from './batch-times.ts'
import { buildInput } from './inputs.ts'
import { buildNode } from './nodes.ts'
import { Recording } from './recording.ts'

/** One StreamingContext of a case: on a manual clock, with a directory of its own, its streams by the ids of the case. */
export class Session {
  readonly ssc: StreamingContext
  readonly recording = new Recording()
  /** For input files, saved files and checkpoints. */
  readonly directory: string
  /** What `print()` wrote. */
  stdout = ''
  /** The first error of the run, as `awaitTermination` throws it. */
  failure: { readonly error: unknown } | undefined
  readonly #clock: ManualClock
  readonly #streams = new Map<string, DStream<unknown>>()
  readonly #queues = new Map<string, RDD<unknown>[]>()
  readonly #batchMs: number
  readonly #firstBatchMs: number

  /** @param earlier of a session that goes on where another one ended: its directory, and its first batch time */
  constructor(
    sc: SparkContext,
    batchMs: number,
    clockStartMs: number,
    earlier?: { readonly directory: string; readonly firstBatchMs: number },
  ) {
    this.directory = earlier?.directory ?? mkdtempSync(join(tmpdir(), 'conformance-'))
    this.#clock = new ManualClock(clockStartMs)
    this.#batchMs = batchMs
    this.#firstBatchMs = earlier?.firstBatchMs ?? firstBatchMs(clockStartMs, batchMs)
    this.ssc = new StreamingContext(sc, Milliseconds(batchMs), {
      clock: this.#clock,
      write: text => void (this.stdout += text),
    })
  }

  checkpoint(): void {
    call(this.ssc, 'checkpoint', join(this.directory, '.checkpoint'))
  }

  remember(ms: number): void {
    call(this.ssc, 'remember', Milliseconds(ms))
  }

  addInput(spec: InputSpec): void {
    const queue = (spec.rdds ?? []).map(data => this.#queued(data))
    if (spec.type === 'queue') this.#queues.set(spec.id, queue)
    this.#streams.set(
      spec.id,
      buildInput({ ssc: this.ssc, spec, queue, directory: this.directory, firstBatchMs: this.#firstBatchMs }),
    )
  }

  /** More RDDs for a queue input. */
  push(id: string, rdds: readonly (readonly Json[])[]): void {
    const queue = field(this.#queues.get(id), `queue ${id}`)
    for (const data of rdds) queue.push(this.#queued(data))
  }

  addNode(node: NodeSpec): void {
    this.#streams.set(node.id, buildNode(this.ssc, node, this.#streams))
  }

  addOutput(output: OutputSpec): void {
    this.recording.register(this.stream(output.of), output, this.directory)
  }

  stream(id: string): DStream<unknown> {
    return field(this.#streams.get(id), `stream ${id}`)
  }

  checkpointStream(id: string, ms: number): void {
    call(this.stream(id), 'checkpoint', Milliseconds(ms))
  }

  start(): void {
    this.ssc.start()
    this.ssc.awaitTermination().catch((error: unknown) => (this.failure ??= { error }))
  }

  /** Sets the clock and waits until all jobs and the clean-up of the batches up to then are done. */
  async runUntil(timeMs: number): Promise<void> {
    this.#clock.setTo(timeMs)
    await untilIdle(this.ssc)
  }

  /** Advances by so many batches, each waited for. */
  async runBatches(n: number): Promise<void> {
    for (let i = 0; i < n; i++) await this.runUntil(nextBatchMs(this.#clock.now(), this.#batchMs))
  }

  async slice(id: string, fromMs: number, toMs: number): Promise<Json[][]> {
    const rdds = (await call(this.stream(id), 'slice', new Time(fromMs), new Time(toMs))) as readonly RDD<unknown>[]
    const contents: Json[][] = []
    for (const rdd of rdds) contents.push((await rdd.collect()).map(encode))
    return contents
  }

  /** The durations of a stream, and with `times` the batch times whose RDDs it still holds. */
  lookAt(id: string, times: boolean): Record<string, unknown> {
    const { slideMs, checkpointMs, rememberMs, generatedTimes } = lookInto(this.stream(id))
    return { slideMs, checkpointMs: checkpointMs ?? null, rememberMs, ...(times && { generatedTimes }) }
  }

  /** Stops the StreamingContext and keeps the SparkContext, as a step of a case says. */
  async stop(): Promise<void> {
    await this.ssc.stop(false)
  }

  /** Stops whatever still runs. Idempotent. */
  async close(): Promise<void> {
    await this.ssc.stop(false)
  }

  removeDirectory(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  #queued(data: readonly Json[]): RDD<unknown> {
    return this.ssc.sparkContext.parallelize(decodeAll(data), 2)
  }
}

const nextBatchMs = firstBatchMs
