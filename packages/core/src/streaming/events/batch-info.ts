import type { Time } from '../../time/index.ts'

/** What an input stream gave to a batch. */
export interface StreamInputInfo {
  /** The number of the input stream: from 0, in the order in which they were made. */
  readonly inputStreamId: number
  readonly numRecords: number
  /** Free facts; the entry `Description` is shown to people. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** An output operation of a batch; times are epoch milliseconds. */
export class OutputOperationInfo {
  readonly batchTime: Time
  /** From 0, in the order in which the output operations were registered and have something to do in this batch. */
  readonly id: number
  /** The operator, and where it was written: `print at app.ts:12:8`. */
  readonly name: string
  readonly description: string
  readonly startTime: number | undefined
  readonly endTime: number | undefined
  /** The text of the error that ended it, stack included. */
  readonly failureReason: string | undefined

  constructor(info: Omit<OutputOperationInfo, 'duration'>) {
    this.batchTime = info.batchTime
    this.id = info.id
    this.name = info.name
    this.description = info.description
    this.startTime = info.startTime
    this.endTime = info.endTime
    this.failureReason = info.failureReason
  }

  /** Milliseconds from start to end; undefined until it has ended. */
  get duration(): number | undefined {
    return difference(this.endTime, this.startTime)
  }
}

/**
 * A batch as listeners see it: immutable, as of the event it comes with. Times are epoch milliseconds, delays milliseconds.
 *
 * @see Spark's `org.apache.spark.streaming.scheduler.BatchInfo`
 */
export class BatchInfo {
  readonly batchTime: Time
  /** By the number of the input stream. */
  readonly streamIdToInputInfo: ReadonlyMap<number, StreamInputInfo>
  readonly submissionTime: number
  readonly processingStartTime: number | undefined
  readonly processingEndTime: number | undefined
  /** By the number of the output operation. */
  readonly outputOperationInfos: ReadonlyMap<number, OutputOperationInfo>

  constructor(info: Omit<BatchInfo, 'schedulingDelay' | 'processingDelay' | 'totalDelay' | 'numRecords'>) {
    this.batchTime = info.batchTime
    this.streamIdToInputInfo = info.streamIdToInputInfo
    this.submissionTime = info.submissionTime
    this.processingStartTime = info.processingStartTime
    this.processingEndTime = info.processingEndTime
    this.outputOperationInfos = info.outputOperationInfos
  }

  /** How long the batch waited for its first output operation to start. */
  get schedulingDelay(): number | undefined {
    return difference(this.processingStartTime, this.submissionTime)
  }

  /** From the start of the first output operation to the end of the last. */
  get processingDelay(): number | undefined {
    return difference(this.processingEndTime, this.processingStartTime)
  }

  /** Scheduling and processing together. */
  get totalDelay(): number | undefined {
    return difference(this.processingEndTime, this.submissionTime)
  }

  /** Records of all input streams. */
  get numRecords(): number {
    let sum = 0
    for (const info of this.streamIdToInputInfo.values()) sum += info.numRecords
    return sum
  }
}

const difference = (later: number | undefined, earlier: number | undefined): number | undefined =>
  later === undefined || earlier === undefined ? undefined : later - earlier
