import {
  callSite,
  isCapturingDriver,
  refusesToTravel,
  registerCodec,
  travelsAs,
  type Handle,
} from '../closures/index.ts'
import type { Codec } from '../codec/index.ts'
import type { Engine } from '../engine/engine.ts'
import {
  CollectionAccumulator,
  DoubleAccumulator,
  LongAccumulator,
  SharedVariables,
  type AccumulatorV2,
  type Broadcast,
} from '../engine/shared-variables/index.ts'
import type { FileSplit, SequenceReadOptions, SplitWish } from '../formats/index.ts'
import { createLog, type Log } from '../logging/index.ts'
import { XorShiftRandom } from '../rdd/builtins/xor-shift-random.ts'
import type { JobRunner, RddContext } from '../rdd/context.ts'
import type { FileInputFormat, FileReading } from '../rdd/files/read-files.ts'
import { union } from '../rdd/operators/union.ts'
import type { NewNode, RddNode } from '../rdd/plan/node.ts'
import { runJob } from '../rdd/actions/run-job.ts'
import { RDD } from '../rdd/rdd.ts'
import type { Records, Shaped } from '../rdd/shaped.ts'
import type { StorageLevel } from '../rdd/storage-level.ts'
import { SystemClock, type Clock } from '../time/index.ts'
import { contextExists, contextStopped } from './context-errors.ts'
import { ContextJobs } from './context-jobs.ts'
import { makeEngine } from './engines.ts'
import type { JobScopeFields } from './job-scope.ts'
import { KeptData } from './kept-data.ts'
import type { Settings } from './keys.ts'
import { parseMaster } from './master.ts'
import { required } from './required.ts'
import { siteOf } from './site-of.ts'
import { emptyNode, filesNode, rangeNode, textNode, valuesNode } from './source-nodes.ts'
import { readConf } from './spark-conf-read.ts'
import { SparkConf } from './spark-conf.ts'

/** The one that runs in this process, and where it was made. */
let active: { readonly context: SparkContext; readonly site: string } | undefined

/** The SparkContext that runs in this process. */
export const activeSparkContext = (): SparkContext | undefined => active?.context

/** Forgets the context that runs, as the end of its process would. @internal */
export function abandonSparkContext(): void {
  active = undefined
}

/**
 * The way in: makes datasets, and runs their jobs on the engine that the master URL chooses. One at a time in a process.
 *
 * @throws DStreamError MASTER_MISSING, APP_NAME_MISSING, UNKNOWN_MASTER, CONTEXT_EXISTS
 * @see Spark's SparkContext
 * @example
 * const sc = new SparkContext(new SparkConf().setMaster('local[2]').setAppName('example'))
 * await sc.parallelize([1, 2, 3]).count() // => 3
 * await sc.stop()
 */
export class SparkContext implements RddContext {
  static readonly [refusesToTravel] =
    'lives in the driver: tasks cannot use a SparkContext\nUse it outside of the function, and capture only what the function needs.'
  readonly appName: string
  readonly master: string
  readonly applicationId: string
  /** Epoch milliseconds. */
  readonly startTime: number
  readonly log: Log
  /** Every setting, typed. */
  readonly settings: Settings
  readonly engine: Engine
  /** @internal */
  readonly clock: Clock = new SystemClock()
  readonly #conf: SparkConf
  readonly #site: string
  readonly #kept: KeptData
  readonly #jobs: ContextJobs
  /** Accumulators and broadcast variables, for checkpoints. @internal */
  readonly shared: SharedVariables
  readonly #seeds: XorShiftRandom
  #nextId = 0
  #stopped: Promise<void> | undefined

  constructor(conf?: SparkConf)
  constructor(master: string, appName: string, conf?: SparkConf)
  constructor(given: SparkConf | string = new SparkConf(), appName?: string, base = new SparkConf()) {
    this.#conf =
      typeof given === 'string'
        ? base
            .clone()
            .setMaster(given)
            .setAppName(appName ?? '')
        : given.clone()
    this.#site = callSite()
    this.master = required(this.#conf, 'spark.master')
    this.appName = required(this.#conf, 'spark.app.name')
    if (active !== undefined) throw contextExists(active.site)
    this.startTime = this.clock.now()
    this.#seeds = new XorShiftRandom(this.startTime)
    this.applicationId = `local-${this.startTime}`
    const log = createLog({ clock: this.clock })
    this.log = log
    this.settings = readConf(this.#conf, message => log.logger('SparkConf').warn(message))
    if (this.settings.logLevel !== undefined) log.setLogLevel(this.settings.logLevel)
    this.engine = makeEngine({ master: parseMaster(this.master), settings: this.settings })
    this.#kept = new KeptData(ids => {
      if (this.#stopped === undefined) this.engine.release(ids)
    })
    this.#jobs = new ContextJobs(this.engine, this.#kept)
    const logger = log.logger('SparkContext')
    this.shared = new SharedVariables(
      this.engine,
      this.applicationId,
      (error, accumulator) => logger.error(`Failed to update ${String(accumulator)}`, error),
      (error, accumulator) => logger.error(`Checkpoints are written without ${String(accumulator)}`, error),
    )
    active = { context: this, site: this.#site }
  }

  /** The context that runs, or a new one. */
  static getOrCreate(conf = new SparkConf()): SparkContext {
    return active?.context ?? new SparkContext(conf)
  }

  // ── Datasets ──

  /** A dataset of values of the driver; they are copied now. Slice i holds those from floor(i·n/p) up to floor((i+1)·n/p). */
  parallelize<T extends Shaped>(values: Iterable<T>, numSlices = this.defaultParallelism): RDD<T> {
    return this.#dataset(valuesNode('parallelize', values, numSlices))
  }

  /** `parallelize` by another name. */
  makeRDD<T extends Shaped>(values: Iterable<T>, numSlices = this.defaultParallelism): RDD<T> {
    return this.#dataset(valuesNode('makeRDD', values, numSlices))
  }

  /** The whole numbers from `start` up to but not including `end`, made in tasks. */
  range(start: number, end: number, step = 1, numSlices = this.defaultParallelism): RDD<number> {
    return this.#dataset(rangeNode(start, end, step, numSlices))
  }

  /** A dataset without partitions. */
  emptyRDD<T = never>(): RDD<T> {
    return this.#dataset(emptyNode())
  }

  /**
   * The lines of text files: a path, several separated by commas, a directory, a glob. Files named `.gz`, `.deflate` and `.zst` are decompressed, each by
   * one task.
   * @throws DStreamError INPUT_NOT_FOUND, INPUT_NOT_A_FILE
   */
  textFile(path: string, minPartitions = this.defaultMinPartitions): RDD<string> {
    return this.#dataset<string>(textNode(path, minPartitions)).setName(path)
  }

  /** Small text files as wholes: pairs of path and content. */
  wholeTextFiles(path: string, minPartitions = this.defaultMinPartitions): RDD<[path: string, text: string]> {
    return this.#files(path, { minSplits: minPartitions }, { operator: 'wholeTextFiles', format: 'WholeTextFileInputFormat' }) // prettier-ignore
  }

  /** Small files as wholes: pairs of path and bytes. */
  binaryFiles(path: string, minPartitions = this.defaultMinPartitions): RDD<[path: string, bytes: Uint8Array]> {
    return this.#files(path, { minSplits: minPartitions }, { operator: 'binaryFiles', format: 'WholeBinaryFileInputFormat' }) // prettier-ignore
  }

  /** Binary records of one length, in bytes. @throws DStreamError RECORD_LENGTH; PARTIAL_RECORD in the task */
  binaryRecords(path: string, recordLength: number): RDD<Uint8Array> {
    const format = { name: 'FixedLengthBinaryInputFormat', options: { recordLength } }
    return this.#files(path, {}, { operator: 'binaryRecords', format, records: 'values' })
  }

  /** The pairs of SequenceFiles, whatever classes and compression they have. */
  sequenceFile<K = unknown, V = unknown>(
    path: string,
    minPartitions = this.defaultMinPartitions,
    options: SequenceReadOptions = {},
  ): RDD<[K, V]> {
    const format = { name: 'SequenceFileInputFormat', options: { ...options } }
    return this.#files(path, { minSplits: minPartitions }, { operator: 'sequenceFile', format })
  }

  /** What `saveAsObjectFile` wrote. */
  objectFile<T = unknown>(path: string, minPartitions = this.defaultMinPartitions): RDD<T> {
    return this.#files(path, { minSplits: minPartitions }, { operator: 'objectFile', format: 'ObjectFileInputFormat', records: 'values' }) // prettier-ignore
  }

  /** The pairs of files in an input format: by its name, with options, or one's own. */
  hadoopFile<K = unknown, V = unknown, S = FileSplit>(
    path: string,
    format: FileInputFormat<K, V, S>,
    minPartitions = this.defaultMinPartitions,
  ): RDD<[K, V]> {
    return this.#files(path, { minSplits: minPartitions }, { operator: 'hadoopFile', format })
  }

  /** As hadoopFile; files are cut only where they are larger than a block (32 MB). */
  newAPIHadoopFile<K = unknown, V = unknown, S = FileSplit>(
    path: string,
    format: FileInputFormat<K, V, S>,
  ): RDD<[K, V]> {
    return this.#files(path, {}, { operator: 'newAPIHadoopFile', format })
  }

  /** The records of all datasets, one behind the other. */
  union<T>(first: RDD<T> | readonly RDD<T>[], ...rest: readonly RDD<T>[]): RDD<T> {
    const all = [first, ...rest].flat() as RDD<T>[]
    return new RDD(
      this,
      union(
        node => this.newNode(node),
        all.map(rdd => rdd.node),
      ),
    )
  }

  // ── Shared variables ──

  /** A value that every task can read, sent to each worker once. It is encoded now: changing it later changes nothing there. */
  broadcast<T>(value: T): Broadcast<T> {
    this.#assertRunning()
    return this.shared.broadcast(value)
  }

  /** Adds up whole numbers from tasks. */
  longAccumulator(name?: string): LongAccumulator {
    return this.register(new LongAccumulator(), name)
  }

  /** Adds up numbers from tasks. */
  doubleAccumulator(name?: string): DoubleAccumulator {
    return this.register(new DoubleAccumulator(), name)
  }

  /** Collects what tasks give it. */
  collectionAccumulator<T>(name?: string): CollectionAccumulator<T> {
    return this.register(new CollectionAccumulator<T>(), name)
  }

  /** Lets tasks add to an accumulator of one's own. Gives it back. @throws DStreamError ACCUMULATOR_TWICE, ACCUMULATOR_PRIVATE_FIELDS */
  register<A extends AccumulatorV2<never, unknown>>(accumulator: A, name?: string): A {
    this.#assertRunning()
    return this.shared.register(accumulator, name)
  }

  /**
   * Sets how instances of a class travel, in records and in captured variables: smaller or faster than field by field, or at all. For the whole
   * process, before the class is used. @throws DStreamError CODEC_TOO_LATE, CODEC_CLASS
   */
  registerCodec<T, D>(type: abstract new (...args: never[]) => T, codec: Codec<T, D>): void {
    registerCodec(type, codec)
  }

  // ── Jobs ──

  /** Runs a function over the records of each partition (or of some) and gives what it returned. */
  runJob<T, U>(
    rdd: RDD<T>,
    f: (records: Records<T>, partition: number) => U | Promise<U>,
    partitions?: readonly number[],
  ): Promise<U[]> {
    return runJob(rdd, f, partitions)
  }

  /** Jobs that are started from here on (in a job scope: in that scope) belong to a group, which `cancelJobGroup` cancels. */
  setJobGroup(group: string, description?: string): void {
    Object.assign(this.#jobs.labels, { group, description })
  }

  clearJobGroup(): void {
    Object.assign(this.#jobs.labels, { group: undefined, description: undefined })
  }

  setJobDescription(description: string | undefined): void {
    this.#jobs.labels.description = description
  }

  /** Something that is told with the jobs that are started from here on; `undefined` takes it back. */
  setLocalProperty(key: string, value: string | undefined): void {
    const { [key]: _, ...others } = this.#jobs.labels.properties ?? {}
    this.#jobs.labels.properties = value === undefined ? others : { ...others, [key]: value }
  }

  getLocalProperty(key: string): string | undefined {
    return this.#jobs.labels.properties?.[key]
  }

  cancelJobGroup(group: string): void {
    this.#jobs.cancel((_, origin) => origin.group === group)
  }

  cancelJob(jobId: number, reason = ''): void {
    this.#jobs.cancel(id => id === jobId, reason)
  }

  cancelAllJobs(): void {
    this.#jobs.cancel(() => true, 'as part of cancellation of all jobs')
  }

  /** Cancels the running jobs that output operations of streams have started. @internal */
  cancelJobsOfStreams(reason: string): void {
    this.#jobs.cancel((_, origin) => origin.batchTimeMs !== undefined, reason)
  }

  /**
   * Runs `f`; the jobs that are started meanwhile, awaited or not, belong to the scope and carry its fields. Ends when `f` and all of them have ended,
   * with the first failure that nothing waited for, if there is one.
   */
  inJobScope<R>(scope: JobScopeFields, f: () => R | Promise<R>): Promise<R> {
    return this.#jobs.inScope(scope, f)
  }

  // ── Life ──

  get defaultParallelism(): number {
    return this.shuffleParallelism ?? this.engine.defaultParallelism
  }

  get defaultMinPartitions(): number {
    return Math.min(this.defaultParallelism, 2)
  }

  get shuffleParallelism(): number | undefined {
    return this.settings.defaultParallelism
  }

  /** A copy: changing it changes nothing here. */
  getConf(): SparkConf {
    return this.#conf.clone()
  }

  /** Where `rdd.checkpoint()` saves: below it, a directory of this context's own. */
  setCheckpointDir(directory: string): void {
    this.#jobs.checkpoints.setDirectory(directory)
  }

  getCheckpointDir(): string | undefined {
    return this.#jobs.checkpoints.directory
  }

  /** `ALL`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `OFF`. */
  setLogLevel(level: string): void {
    this.log.setLogLevel(level)
  }

  /** Where the web pages are served; undefined while nothing serves them. */
  get uiWebUrl(): string | undefined {
    return undefined
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined
  }

  /** Stops the engine; jobs that are running fail. Calling it again does nothing more. */
  stop(): Promise<void> {
    if (active?.context === this) active = undefined
    this.#stopped ??= this.engine.close()
    return this.#stopped
  }

  // ── What RDDs and streams ask of their context ──

  /** In a checkpoint it is whichever context goes on from there. @internal */
  [travelsAs](): Handle | undefined {
    return isCapturingDriver() ? { name: 'sparkContext', data: [] } : undefined
  }

  newNode(node: NewNode, site?: string): RddNode {
    this.#assertRunning()
    const made = { ...node, id: this.#nextId++, site: site ?? siteOf(node) ?? callSite() } as RddNode
    this.#kept.watch(made)
    return made
  }

  nextSeed(): number {
    return this.#seeds.nextBelow(2 ** 48)
  }

  /** The id that the next new node gets. */
  get nextNodeId(): number {
    return this.#nextId
  }

  act<R>(name: string, body: (jobs: JobRunner) => Promise<R>): Promise<R> {
    if (this.#stopped !== undefined) return Promise.reject(contextStopped(this.#site))
    return this.#jobs.act(name, body)
  }

  checkpoint(node: RddNode): void {
    this.#jobs.checkpoints.mark(node)
  }

  checkpointFileOf(node: RddNode): string | undefined {
    return this.#jobs.checkpoints.fileOf(node)
  }

  persist(node: RddNode, level: StorageLevel): void {
    this.#kept.persist(node, level)
  }

  unpersist(node: RddNode): void {
    this.#kept.unpersist(node)
  }

  levelOf(node: RddNode): StorageLevel {
    return this.#kept.levelOf(node)
  }

  setName(node: RddNode, name: string): void {
    this.#kept.setName(node, name)
  }

  nameOf(node: RddNode): string | undefined {
    return this.#kept.nameOf(node)
  }

  /** Another object that stands for a node of this context. @internal */
  adopt(node: RddNode): void {
    this.#kept.adopt(node)
  }

  /** Forgets what is kept of these nodes. */
  release(nodeIds: readonly number[]): void {
    this.#kept.release(nodeIds)
  }

  /** Drops what jobs have left behind of these nodes, except where somebody has asked to keep it. @internal */
  releaseUnkept(nodeIds: readonly number[]): void {
    this.#kept.releaseUnkept(nodeIds)
  }

  #dataset<T>(node: NewNode): RDD<T> {
    return new RDD<T>(this, this.newNode(node))
  }

  #files<T, K, V, S>(path: string, wish: SplitWish, reading: FileReading<K, V, S>): RDD<T> {
    return this.#dataset<T>(filesNode(path, wish, reading)).setName(path)
  }

  #assertRunning(): void {
    if (this.#stopped !== undefined) throw contextStopped(this.#site)
  }
}
