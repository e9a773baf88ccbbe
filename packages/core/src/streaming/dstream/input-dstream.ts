import { isCapturingDriver, refusesToTravel, registerHandles, travelsAs, type Handle } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { shown } from '../../errors/shown.ts'
import type { RDD } from '../../rdd/rdd.ts'
import type { Time } from '../../time/index.ts'
import type { StreamingContext } from '../context/streaming-context.ts'
import type { CaptureDriver } from '../checkpoint/describe-graph.ts'
import { describeCustom } from '../checkpoint/custom-input.ts'
import type { InputSourceContent } from '../checkpoint/schema/index.ts'
import type { Json } from '../write-ahead-log/driver-log/index.ts'
import { DStream } from './dstream.ts'

/** What a direct source gave to a batch. */
export interface Allocation {
  readonly timeMs: number
  readonly range: Json
}

/**
 * Where data enters: extend this class to bring in batches of your own, made in the driver. Sources that receive data continuously are
 * rather a `Receiver`.
 *
 * `compute` is a driver function: it runs live on the main thread, once for each batch time for which an output needs it. It may hold
 * connections. Say what was read with `reportInfo`: that is what listeners, the UI and back-pressure see.
 *
 * @see Spark's `org.apache.spark.streaming.dstream.InputDStream`
 * @example
 * class Ticks extends InputDStream<number> {
 *   compute(time: Time) {
 *     this.reportInfo(time, 1)
 *     return this.context.sparkContext.parallelize([time.milliseconds], 1)
 *   }
 * }
 * new Ticks(ssc).print()
 */
export abstract class InputDStream<T> extends DStream<T> {
  /** It goes into checkpoints, so that the program can go on without the code that made it. */
  static override get [refusesToTravel](): string {
    return isCapturingDriver() ? (undefined as unknown as string) : super[refusesToTravel]
  }

  /** The class itself is not copied: whoever goes on has it. @internal */
  static [travelsAs](): Handle | undefined {
    return this === (InputDStream as unknown) && isCapturingDriver() ? { name: 'InputDStream', data: [] } : undefined
  }

  declare readonly context: StreamingContext
  /** Of the input streams of this context, from 0. */
  readonly id: number

  /**
   * @param operator how plans call this input; default: the name of the class
   * @throws DStreamError CONTEXT_NOT_OPEN once the context has started
   */
  constructor(ssc: StreamingContext, operator: string = new.target.name) {
    super(ssc, ssc.graph.newInput(operator))
    this.id = ssc.graph.bindInput(this)
  }

  /** What people call this input, in the UI and the log. */
  get name(): string {
    return `${this.constructor.name}[${this.id}]`
  }

  /** Called when the context starts, before the first batch; a promise is waited for before the first batch is made. */
  start(): void | Promise<void> {}

  /** Called when the context stops and no batch is begun any more; a promise is waited for. */
  stop(): void | Promise<void> {}

  /**
   * The RDD of a batch, or undefined when there is none (which is not the same as an empty one: streams that need one, such as `union`,
   * then fail). A promise is waited for; meanwhile later batches wait.
   */
  abstract compute(time: Time): RDD<T> | undefined | Promise<RDD<T> | undefined>

  /** What it takes to make this input again, for a checkpoint. @internal */
  describe(captureDriver: CaptureDriver): InputSourceContent {
    return describeCustom(this, captureDriver)
  }

  /**
   * What a direct source has given to batches since this was asked last, as plain data: it is in the driver's log before any job of those batches begins, and comes
   * back in `recall`. @internal
   */
  newAllocations(): readonly Allocation[] {
    return []
  }

  /** What it has to remember across a restart, as plain data; undefined for nothing. @internal */
  memory(): unknown {
    return undefined
  }

  /** After a restart: what `memory` gave for the checkpoint, and what was given to batches by the log, oldest first. @internal */
  recall(_memory: unknown, _allocations: readonly Allocation[]): void {}

  /** Nothing asks for batches up to this time any more, also not after a restart. @internal */
  forget(_upToMs: number): void {}

  /**
   * Says how many records this stream gives to the batch of this time; `metadata.Description` is shown to people.
   * @throws DStreamError RECORD_COUNT
   */
  protected reportInfo(time: Time, numRecords: number, metadata: Readonly<Record<string, unknown>> = {}): void {
    // Here, where its batch fails of it: in the log it would hold up every batch.
    if (!Number.isSafeInteger(numRecords) || numRecords < 0) throw noRecordCount(this.name, numRecords)
    this.context.inputInfos.report(time.milliseconds, { inputStreamId: this.id, numRecords, metadata })
  }
}

const noRecordCount = (input: string, given: unknown): DStreamError =>
  new DStreamError('RECORD_COUNT', `The number of records that ${input} reports is ${shown(given)}`, {
    hint: 'Give a whole number from 0 on to reportInfo; where it is not known, 0.',
  })

/**
 * What subclasses extend where an instance is made again from a checkpoint: an InputDStream whose constructor has not run, since the instance joins its
 * context afterwards (context/rebuild-graph.ts).
 */
function RestoredInput(): void {}
RestoredInput.prototype = InputDStream.prototype
Object.setPrototypeOf(RestoredInput, InputDStream)

registerHandles({ InputDStream: () => RestoredInput })
