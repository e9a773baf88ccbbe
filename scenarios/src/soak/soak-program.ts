import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Milliseconds, Receiver, Seconds, SparkConf, SparkContext, StateSpec, StreamingContext } from 'dstream'
import type { DStream, RDD, State } from 'dstream'
import { lookInto, ManualClock, untilIdle } from 'dstream/testing'
import { heapUse, type HeapUse } from './heap.ts'

const batchMs = 1000
const windowBatches = 10
/** Every so many batches a file comes in; the stream looks back 60 s, so what is older than some files may go. */
const batchesPerFile = 25
const keptFiles = 5
const keys = 97
const linesPerBatch = 20

/** A source that acknowledges: when `store` has resolved, the lines are in the log. */
class Feed extends Receiver<string> {
  override onStart(): void {}
  override onStop(): void {}
}

interface Seen {
  updated: number
  mapped: number
  window: number
}

/** What a run holds on to. */
export interface Held {
  /** The longest lineage of the latest batch: the datasets behind its outputs. */
  readonly lineage: number
  /** Partitions that the engine keeps. */
  readonly keptPartitions: number
  /** Datasets of earlier batches that streams remember. */
  readonly rememberedRdds: number
}

const add = (a: number, b: number): number => a + b
const subtract = (a: number, b: number): number => a - b

/**
 * A program with everything that could grow: received blocks in a write-ahead log, files, both kinds of state, an incremental window, checkpoints. It runs
 * on the embedded engine in virtual time, so a batch takes as long as it needs. What goes in is counted, and the outputs are held against it.
 */
export class SoakProgram {
  readonly ssc: StreamingContext
  /** The directory of checkpoints and logs. */
  readonly checkpoints: string
  readonly #incoming: string
  readonly #feed = new Feed()
  readonly #clock = new ManualClock()
  readonly #streams: DStream<unknown>[] = []
  readonly #kept = new Set<string>()
  /** What the outputs gave for the latest batch, and of what. */
  readonly #seen: Seen = { updated: 0, mapped: 0, window: 0 }
  readonly #latest = new Map<keyof Seen, RDD<number>>()
  /** How many lines went into each of the last batches, newest first. */
  #recent: number[] = []
  #lines = 0
  #batch = 0
  #completed: PromiseWithResolvers<void> = Promise.withResolvers()

  constructor(directory: string) {
    this.checkpoints = join(directory, 'checkpoints')
    this.#incoming = join(directory, 'incoming')
    mkdirSync(this.#incoming, { recursive: true })
    const conf = new SparkConf(false).setMaster('local[2]').setAppName('soak')
    conf.setAll({
      'spark.streaming.receiver.writeAheadLog.enable': true,
      'spark.log.level': 'ERROR',
      'spark.streaming.concurrentJobs': 3,
    })
    const sparkContext = new SparkContext(conf)
    this.ssc = new StreamingContext(sparkContext, Milliseconds(batchMs), { clock: this.#clock })
    this.ssc.checkpoint(this.checkpoints)
    sparkContext.engine.subscribe(event => {
      if (event.type === 'partitionKept') this.#kept.add(`${event.nodeId}/${event.partition}`)
      if (event.type === 'partitionEvicted') this.#kept.delete(`${event.nodeId}/${event.partition}`)
    })
    const received = this.ssc.receiverStream(this.#feed, { thread: 'main' })
    this.#outputs(received.union(this.ssc.textFileStream(this.#incoming)).map(line => [line, 1]))
  }

  async start(): Promise<void> {
    this.ssc.addStreamingListener({ onBatchCompleted: () => this.#completed.resolve() })
    this.ssc.start()
    // Not raced against: a promise that lasts as long as the program would hold something of each batch.
    this.ssc.awaitTermination().catch((error: unknown) => this.#completed.reject(error))
    await untilIdle(this.ssc)
  }

  /** Gives the next batch its input and runs it. @throws when an output is not what went in, or a batch has failed */
  async runBatch(): Promise<void> {
    const batch = ++this.#batch
    const lines = Array.from({ length: batch % 40 === 0 ? 0 : linesPerBatch }, (_, i) => `key${(batch * 7 + i) % keys}`)
    if (lines.length > 0) await this.#feed.store(lines)
    const written = batch % batchesPerFile === 0 ? this.#writeFile(lines) : 0
    this.#completed = Promise.withResolvers()
    this.#clock.setTo(this.ssc.run!.nextBatchMs)
    await this.#completed.promise
    this.#check(lines.length + written)
  }

  held(): Held {
    const remembered = this.#streams.map(stream => lookInto(stream).generatedTimes.length)
    return {
      lineage: Math.max(...[...this.#latest.values()].map(rdd => lineageOf(rdd))),
      keptPartitions: this.#kept.size,
      rememberedRdds: remembered.reduce(add, 0),
    }
  }

  /** Of the workers together. Two tasks at the same time: one for each. */
  async workerHeaps(): Promise<HeapUse> {
    const { sparkContext } = this.ssc
    const heaps = await sparkContext.runJob(sparkContext.parallelize([0, 1], 2), () => heapUse())
    const total = (of: keyof HeapUse): number => heaps.reduce((sum, heap) => sum + heap[of], 0)
    return { objects: total('objects'), code: total('code'), young: total('young') }
  }

  async stop(): Promise<void> {
    await this.ssc.stop(true, false)
  }

  #outputs(pairs: DStream<[string, number]>): void {
    const updated = pairs.updateStateByKey((ones: readonly number[], sum: number | undefined) =>
      ones.reduce((a, b) => a + b, sum ?? 0),
    )
    const mapped = pairs.mapWithState(
      StateSpec.function((key: string, one: number | undefined, sum: State<number>) => {
        if (sum.isTimingOut()) return undefined
        sum.update((sum.getOption() ?? 0) + (one ?? 0))
        return [key, one ?? 0]
      }).timeout(Seconds(30)),
    )
    const lengths = { window: Milliseconds(windowBatches * batchMs), slide: Milliseconds(batchMs) }
    const window = pairs.reduceByKeyAndWindow(add, subtract, lengths.window, lengths.slide, {
      filter: ([, n]) => n > 0,
    })
    this.#streams.push(pairs, updated, mapped, window)
    for (const [name, stream] of Object.entries({ updated, mapped, window })) this.#sumUp(name as keyof Seen, stream)
  }

  #sumUp(name: keyof Seen, stream: DStream<[string, number]>): void {
    stream
      .map(([, n]) => n)
      .foreachRDD(async rdd => {
        this.#latest.set(name, rdd)
        this.#seen[name] = await rdd.fold(0, add)
      })
  }

  /** A file of the batch to come, moved in when it is whole; one that nobody looks at any more goes. */
  #writeFile(lines: readonly string[]): number {
    const number = this.#batch / batchesPerFile
    const hidden = join(this.#incoming, '.next')
    const modified = new Date(this.#clock.now() + batchMs / 2)
    writeFileSync(hidden, lines.map(line => `${line}\n`).join(''))
    utimesSync(hidden, modified, modified)
    renameSync(hidden, join(this.#incoming, `part-${number}`))
    rmSync(join(this.#incoming, `part-${number - keptFiles}`), { force: true })
    return lines.length
  }

  #check(lines: number): void {
    this.#lines += lines
    this.#recent = [lines, ...this.#recent].slice(0, windowBatches)
    const expected = { updated: this.#lines, mapped: lines, window: this.#recent.reduce(add, 0) }
    assert.deepEqual(this.#seen, expected, `batch ${this.#batch}`)
  }
}

/** How many datasets it is made of. */
function lineageOf(rdd: RDD<unknown>): number {
  const nodes = new Set([rdd.node])
  for (const node of nodes) for (const parent of node.parents) nodes.add(parent)
  return nodes.size
}
