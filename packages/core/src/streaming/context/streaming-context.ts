import { isCapturingDriver, refusesToTravel, travelsAs, type Handle } from '../../closures/index.ts'
import { currentScope } from '../../context/job-scope.ts'
import type { SparkConf } from '../../context/spark-conf.ts'
import type { SparkContext } from '../../context/spark-context.ts'
import { checkFunction } from '../../errors/not-a-function.ts'
import type { Logger } from '../../logging/index.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { asDuration, SystemClock, type Clock, type Duration, type Time } from '../../time/index.ts'
import { InputInfos } from '../batches/input-info.ts'
import { DStream } from '../dstream/dstream.ts'
import type { DStreamContext } from '../dstream/dstream-context.ts'
import { StreamGraph } from '../dstream/graph.ts'
import * as operators from '../dstream/operators/index.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import { ReceiverInputDStream } from '../dstream/receiver-input-dstream.ts'
import { QueueInputDStream } from '../dstream/queue-input-dstream.ts'
import { differentContexts, notInitialized } from '../errors.ts'
import { ListenerBus } from '../events/listener-bus.ts'
import type { StreamingListener } from '../events/streaming-listener.ts'
import { firstRate } from '../rate/index.ts'
import {
  customReceiver,
  rawSocketReceiver,
  ReceiverTracker,
  socketReceiver,
  socketTextReceiver,
  type Receiver,
  type ReceiverOptions,
} from '../receivers/index.ts'
import { FileInputDStream, type FileStreamOptions, type FormattedFileStreamOptions } from '../sources/file/index.ts'
import type { ByteConverter } from '../sources/socket/socket-receiver.ts'
import type { StorageLevel } from '../../rdd/storage-level.ts'
import { MapWithStateDStream } from '../state/map-with-state-dstream.ts'
import type { ClaimedCheckpoint } from '../checkpoint/claim-checkpoint.ts'
import type { RecoveryReport } from '../checkpoint/recovery-report.ts'
import { activeContext } from './active-context.ts'
import { contextArguments, type StreamingEnvironment } from './context-arguments.ts'
import { ContextCheckpoint } from './context-checkpoint.ts'
import { ContextLife } from './context-life.ts'
import { dryRun } from './dry-run.ts'
import { getOrCreate, type CreateStreamingContext, type GetOrCreateOptions } from './get-or-create.ts'
import { checkAddress, checkDirectory, checkQueue } from './input-arguments.ts'
import type { StreamingContextState } from './life-cycle.ts'
import { newRun } from './new-run.ts'
import type { NewContext } from './rebuild-context.ts'
import { onShutdownSignal } from './shutdown-signals.ts'
import { stopArguments, type StopOptions } from './stop-options.ts'
import type { StreamingRun } from './streaming-run.ts'

/**
 * The entry to streaming: makes input streams, starts and stops everything.
 *
 * Streams and output operations are set up first; after `start()` nothing can be added, and a stopped context does not start again. One
 * context is active in a process at a time. A SparkContext that was kept can serve one StreamingContext after the other.
 *
 * @see guide, "Initializing StreamingContext"; Spark's StreamingContext
 * @example
 * const ssc = new StreamingContext(new SparkConf().setMaster('local[2]').setAppName('NetworkWordCount'), Seconds(1))
 * ssc.socketTextStream('localhost', 9999).flatMap(line => line.split(' ')).countByValue().print()
 * ssc.start()
 * await ssc.awaitTermination()
 */
export class StreamingContext implements DStreamContext {
  static readonly [refusesToTravel] =
    'lives in the driver: tasks cannot use a StreamingContext\nTake what the function needs out of it first.'

  readonly sparkContext: SparkContext
  /** @internal */
  readonly graph: StreamGraph
  /** @internal */
  readonly inputInfos = new InputInfos()
  /** @internal */
  readonly receivers: ReceiverTracker
  /** @internal */
  readonly write: (text: string) => void
  /** @internal */
  readonly clock: Clock
  /** For waits of the program itself, which are real also where the batches run in virtual time. */
  readonly #waitClock = new SystemClock()
  readonly #logger: Logger
  readonly #bus: ListenerBus
  readonly #life: ContextLife
  readonly #checkpoint: ContextCheckpoint

  /** @throws DStreamError NOT_A_DURATION, BATCH_INTERVAL, and what a SparkContext throws */
  constructor(conf: SparkConf | SparkContext, batchDuration: Duration, environment?: StreamingEnvironment)
  constructor(master: string, appName: string, batchDuration: Duration, environment?: StreamingEnvironment)
  constructor(first: SparkConf | SparkContext | string, second: Duration | string, ...rest: readonly unknown[]) {
    const { sparkContext, batchMs, environment } = contextArguments(first, second, rest)
    this.sparkContext = sparkContext
    this.graph = new StreamGraph(batchMs)
    this.clock = environment.clock ?? new SystemClock()
    this.write = environment.write ?? (text => void process.stdout.write(text))
    this.#logger = this.sparkContext.log.logger('StreamingContext')
    const busLogger = this.sparkContext.log.logger('ListenerBus')
    this.#bus = new ListenerBus((error, event) => busLogger.error(`A StreamingListener threw on ${event.type}`, error))
    this.#checkpoint = new ContextCheckpoint(this.sparkContext, this.graph, this.#logger)
    this.receivers = new ReceiverTracker({
      engine: this.sparkContext.engine,
      clock: this.clock,
      settings: { ...this.sparkContext.settings, receiverMaxRatePerSecond: firstRate(this.sparkContext.settings) },
      logger: this.sparkContext.log.logger('ReceiverTracker'),
      emit: event => this.#bus.post(() => event),
    })
    this.#life = new ContextLife({
      owner: this,
      graph: this.graph,
      logger: this.#logger,
      newRun: onError => this.#newRun(onError),
      onStarted: () => this.#started(),
    })
  }

  /** The context of this process that is started and not stopped. */
  static getActive(): StreamingContext | undefined {
    return activeContext() as StreamingContext | undefined
  }

  /**
   * A context that goes on from the newest checkpoint in `directory`, or, where there is none, a new one that `create` makes (it calls
   * `ssc.checkpoint(directory)`). Start it afterwards.
   *
   * With `create`, that function makes the streams after a restart too, so the program may have changed: streams that hold something are
   * recognised by `.uid(…)`, else by the operators before them, and `recoveryReport` says what was kept. With `null` the streams are made again from the checkpoint alone.
   * Configuration is the new process's.
   *
   * The batch of the checkpoint is run again, then those that had not ended and those that were missed.
   *
   * @throws DStreamError CHECKPOINT_UNREADABLE, CHECKPOINT_NEEDS_FACTORY, NO_CHECKPOINT (rejection)
   * @see guide, "Checkpointing"; Spark's `StreamingContext.getOrCreate`
   */
  static getOrCreate(
    directory: string,
    create: CreateStreamingContext | null,
    options: GetOrCreateOptions = {},
  ): Promise<StreamingContext> {
    return getOrCreate(directory, create, options, newContext)
  }

  /** The context of this process that is started and not stopped; else as `getOrCreate`, or what `create` makes where no directory is given. */
  static getActiveOrCreate(create: CreateStreamingContext): Promise<StreamingContext>
  static getActiveOrCreate(
    directory: string,
    create: CreateStreamingContext | null,
    options?: GetOrCreateOptions,
  ): Promise<StreamingContext>
  static async getActiveOrCreate(
    first: string | CreateStreamingContext,
    create: CreateStreamingContext | null = null,
    options: GetOrCreateOptions = {},
  ): Promise<StreamingContext> {
    const active = StreamingContext.getActive()
    if (active !== undefined) return active
    return typeof first === 'string' ? getOrCreate(first, create, options, newContext) : first()
  }

  /** `INITIALIZED`, `ACTIVE` (also while a stop is under way) or `STOPPED`. */
  getState(): StreamingContextState {
    return this.#life.state
  }

  // ── Input streams ──

  /** Lines of text from a TCP server, without their ends (\n, \r\n or \r). It is connected to again when the connection ends. */
  socketTextStream(host: string, port: number, storageLevel?: StorageLevel): DStream<string> {
    checkAddress('socketTextStream', host, port)
    const { socketMaxLineBytes } = this.sparkContext.settings
    const receiver = socketTextReceiver(host, port, socketMaxLineBytes, storageLevel)
    return new ReceiverInputDStream<string>(this, 'socketTextStream', receiver)
  }

  /** Records that `converter` makes of the bytes from a TCP server; it runs where they are received. */
  socketStream<T>(host: string, port: number, converter: ByteConverter<T>, storageLevel?: StorageLevel): DStream<T> {
    checkAddress('socketStream', host, port)
    return new ReceiverInputDStream<T>(this, 'socketStream', socketReceiver(host, port, converter, storageLevel))
  }

  /**
   * Records from a TCP server that sends them as blocks of `rawBlock`: nothing is parsed. It is connected to again when the connection ends.
   * @see Spark's rawSocketStream, whose blocks are in Java's serialization
   */
  rawSocketStream<T>(host: string, port: number, storageLevel?: StorageLevel): DStream<T> {
    checkAddress('rawSocketStream', host, port)
    return new ReceiverInputDStream<T>(this, 'rawSocketStream', rawSocketReceiver(host, port, storageLevel))
  }

  /** The lines of new text files in a directory. Move files into it when they are whole: what is appended later is not read. */
  textFileStream(directory: string): DStream<string> {
    checkDirectory('textFileStream', directory)
    return new FileInputDStream(this, 'textFileStream', directory)
  }

  /** The new files of a directory, read in an input format or by a function of yours. As in Spark: `fileStream(directory, filter, newFilesOnly)`. */
  fileStream<K, V>(directory: string, options: FormattedFileStreamOptions<K, V>): DStream<[K, V]>
  fileStream<T = string>(directory: string, options?: FileStreamOptions<T>): DStream<T>
  fileStream(directory: string, filter: (path: string) => boolean, newFilesOnly?: boolean): DStream<string>
  fileStream<T>(
    directory: string,
    second: FileStreamOptions<T> | FormattedFileStreamOptions<unknown, unknown> | ((path: string) => boolean) = {},
    newFilesOnly = true,
  ): DStream<T> {
    checkDirectory('fileStream', directory)
    const options = typeof second === 'function' ? { filter: second, newFilesOnly } : second
    return new FileInputDStream<T>(this, 'fileStream', directory, options)
  }

  /** Binary records of one length, in bytes, of the new files of a directory. @throws DStreamError RECORD_LENGTH */
  binaryRecordsStream(directory: string, recordLength: number): DStream<Uint8Array> {
    checkDirectory('binaryRecordsStream', directory)
    const format = { name: 'FixedLengthBinaryInputFormat', options: { recordLength } }
    return new FileInputDStream<Uint8Array>(this, 'binaryRecordsStream', directory, { format, records: 'values' })
  }

  /** What a receiver of your own stores. It runs on a thread of its own and takes no task slot; `{ thread: 'main' }`: in the driver. */
  receiverStream<T>(receiver: Receiver<T>, options?: ReceiverOptions): DStream<T> {
    return new ReceiverInputDStream<T>(this, 'receiverStream', customReceiver(receiver as Receiver<never>, options))
  }

  /**
   * A stream of RDDs that the program puts into an array, taken from its front: one a batch, or all that are there as one. For tests and
   * trials: it cannot be recovered from a checkpoint.
   *
   * @param whenEmpty the batch while nothing is queued; default: an empty one
   */
  queueStream<T>(queue: RDD<T>[], oneAtATime = true, whenEmpty?: RDD<T> | null): DStream<T> {
    checkQueue(queue, whenEmpty)
    return new QueueInputDStream(this, queue, oneAtATime, whenEmpty ?? undefined)
  }

  // ── Several streams ──

  /** The records of all the streams. @throws DStreamError NO_STREAMS, DIFFERENT_SLIDES */
  union<T>(streams: readonly DStream<T>[]): DStream<T> {
    return new DStream(this, operators.union(this.graph.make, this.#nodesOf(streams)))
  }

  /**
   * What `f` makes of the RDDs that the streams have in each batch, on the main thread.
   * @throws DStreamError NO_STREAMS, DIFFERENT_SLIDES
   */
  transform<T, U>(streams: readonly DStream<T>[], f: (rdds: readonly RDD<T>[], time: Time) => RDD<U>): DStream<U> {
    checkFunction('transform', f)
    const operation = (rdds: readonly RDD<unknown>[], time: Time): RDD<U> => f(rdds as readonly RDD<T>[], time)
    return new DStream(this, operators.transform(this.graph.make, 'transform', this.#nodesOf(streams), operation))
  }

  // ── Settings ──

  /** Every stream keeps its RDDs at least so long, for `slice`. Once. @throws DStreamError REMEMBER_SET_TWICE */
  remember(duration: Duration): void {
    this.graph.remember(asDuration(duration, 'remember duration').milliseconds)
  }

  /** Where checkpoints are written. */
  checkpoint(directory: string): void {
    this.#checkpoint.writeTo(directory)
  }

  /** What came of the restart from a checkpoint; undefined before `start()`, and for a context that was made anew. */
  get recoveryReport(): RecoveryReport | undefined {
    return this.#checkpoint.report
  }

  /** When it starts, it goes on from this checkpoint. @internal */
  recoverFrom(found: ClaimedCheckpoint): void {
    this.#checkpoint.recoverFrom(found)
  }

  addStreamingListener(listener: StreamingListener): void {
    this.#bus.add(listener)
  }

  removeStreamingListener(listener: StreamingListener): void {
    this.#bus.remove(listener)
  }

  // ── Life-cycle ──

  /**
   * Starts receiving and processing; the first batch is that of the next whole multiple of the batch interval. On an active context it does
   * nothing. When it throws, the context is stopped (but for ANOTHER_CONTEXT_ACTIVE).
   *
   * @throws DStreamError NO_OUTPUT_OPERATIONS, CONTEXT_STOPPED, ANOTHER_CONTEXT_ACTIVE, NO_CHECKPOINT_DIRECTORY, …
   */
  start(): void {
    dryRun()?.start(this)
    try {
      this.#life.start()
    } catch (error) {
      const letGo = this.getState() === 'STOPPED' ? this.#checkpoint.letGo() : undefined
      letGo?.catch((another: unknown) => this.#logger.error('The checkpoint directory could not be let go', another))
      throw error
    }
  }

  /**
   * Resolves when the context has been stopped.
   * @throws OutputFailedError, GenerationFailedError (rejection) when a batch failed: the first of them, at once and also later
   */
  awaitTermination(): Promise<void> {
    return this.#life.termination.wait()
  }

  /** Whether the context has been stopped within that time (milliseconds, or a duration); rejects as `awaitTermination` does. */
  awaitTerminationOrTimeout(timeout: number | Duration): Promise<boolean> {
    return this.#life.termination.waitFor(typeof timeout === 'number' ? timeout : timeout.milliseconds, this.#waitClock)
  }

  /**
   * Stops, by default with the SparkContext. Gracefully: receivers first, then everything that was received or submitted is processed, within
   * spark.streaming.gracefulStopTimeout (default: ten batch intervals). Else output operations that run are cut short.
   *
   * Inside an output operation it only begins the stop and resolves at once, since the operation itself has to end first.
   */
  stop(stopSparkContext?: boolean, stopGracefully?: boolean): Promise<void>
  stop(options: StopOptions): Promise<void>
  async stop(first?: boolean | StopOptions, second?: boolean): Promise<void> {
    const { sparkContext } = this
    const options = stopArguments(first, second, sparkContext.settings.stopSparkContextByDefault)
    const inside = currentScope() !== undefined
    const stopped = this.#life
      .stop(options.stopGracefully)
      // A context that was never started holds the directory too.
      .finally(() => this.#checkpoint.letGo())
      // Whatever has failed, its threads are not left behind.
      .finally(() => (options.stopSparkContext ? sparkContext.stop() : undefined))
    if (!inside) return stopped
    stopped.catch((error: unknown) => this.#logger.error('The stop failed', error))
  }

  // ── For streams, sources and the test kit ──

  /** In a checkpoint it is whichever context goes on from there. @internal */
  [travelsAs](): Handle | undefined {
    return isCapturingDriver() ? { name: 'streamingContext', data: [] } : undefined
  }

  /** @internal */
  get defaultParallelism(): number {
    return this.sparkContext.defaultParallelism
  }

  /** @internal */
  mapWithStateStream<K, S, M>(mapped: StreamNode, state: StreamNode): MapWithStateDStream<K, S, M> {
    return new MapWithStateDStream(this, mapped, state)
  }

  /** @internal */
  async slice(stream: StreamNode, fromMs: number, toMs: number): Promise<RDD<unknown>[]> {
    const run = this.run
    if (run === undefined) throw notInitialized(`${stream.operator} at ${stream.site}`)
    return run.slice(stream, fromMs, toMs)
  }

  /** What runs, or has run. @internal */
  get run(): StreamingRun | undefined {
    return this.#life.run
  }

  #started(): () => void {
    this.#bus.post(() => ({ type: 'streamingStarted', time: this.clock.now() }))
    return onShutdownSignal({
      clock: this.#waitClock,
      gracefully: this.sparkContext.settings.stopGracefullyOnShutdown,
      stop: async gracefully => {
        this.#logger.info(`Invoking stop(stopGracefully=${gracefully}) from shutdown hook`)
        await this.stop(true, gracefully).catch((error: unknown) => this.#logger.error('The stop failed', error))
      },
    })
  }

  /** It writes checkpoints. @internal */
  get isCheckpointed(): boolean {
    return this.#checkpoint.isWritten
  }

  #newRun(onError: (error: unknown) => void): StreamingRun {
    const { sparkContext, graph, clock, inputInfos, receivers } = this
    const own = { bus: this.#bus, checkpoint: this.#checkpoint, logger: this.#logger }
    return newRun({ sparkContext, graph, clock, inputInfos, receivers, ...own, onError })
  }

  #nodesOf(streams: readonly DStream<unknown>[]): readonly StreamNode[] {
    if (streams.some(stream => stream.context !== this)) throw differentContexts()
    return streams.map(stream => stream.node)
  }
}

const newContext: NewContext = (sparkContext, batch, environment) =>
  new StreamingContext(sparkContext, batch, environment)
