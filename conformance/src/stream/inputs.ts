import { InputDStream, type DStream, type RDD, type StreamingContext, type Time } from 'dstream'
import { field, type InputSpec } from '../cases.ts'
import { Unsupported, call } from '../unsupported.ts'
import { decodeAll, type Json } from '../values.ts'

/** What an input of a case is made from. */
export interface InputParts {
  readonly ssc: StreamingContext
  readonly spec: InputSpec
  /** Of a queue input: what is queued; more may be pushed later. */
  readonly queue: RDD<unknown>[]
  readonly directory: string
  readonly firstBatchMs: number
}

/** @throws Unsupported for an input that does not exist yet */
export function buildInput(parts: InputParts): DStream<unknown> {
  const { ssc, spec, queue, directory } = parts
  switch (spec.type) {
    case 'batches':
      return new BatchesInput(parts)
    case 'queue':
      return call(ssc, 'queueStream', queue, spec.oneAtATime ?? true, defaultOf(parts)) as DStream<unknown>
    case 'textFile':
      return call(ssc, 'textFileStream', `${directory}/${field(spec.path, 'path')}`) as DStream<unknown>
    case 'file': {
      const suffix = spec.filterSuffix ?? ''
      const filter = (path: string) => path.endsWith(suffix)
      return call(
        ssc,
        'fileStream',
        `${directory}/${field(spec.path, 'path')}`,
        filter,
        spec.newFilesOnly,
      ) as DStream<unknown>
    }
    default:
      throw new Unsupported(`the runner knows no input ${spec.type}`)
  }
}

function defaultOf({ ssc, spec }: InputParts): RDD<unknown> | null | undefined {
  if (spec.default === undefined || spec.default === null) return spec.default
  return ssc.sparkContext.parallelize(decodeAll(spec.default), 2)
}

/** The batch at time t has index (t - first)/batchMs; after the last come empty ones; a null batch is no RDD at all. */
class BatchesInput extends InputDStream<unknown> {
  readonly #batches: readonly (readonly Json[] | null)[]
  readonly #partitions: number
  readonly #firstBatchMs: number

  constructor({ ssc, spec, firstBatchMs }: InputParts) {
    super(ssc)
    this.#batches = field(spec.batches, 'batches')
    this.#partitions = spec.partitions ?? 2
    this.#firstBatchMs = firstBatchMs
  }

  override compute(time: Time): RDD<unknown> | undefined {
    const index = (time.milliseconds - this.#firstBatchMs) / this.slideDuration.milliseconds
    const batch = index < this.#batches.length ? this.#batches[index] : []
    if (batch === null || batch === undefined) return undefined
    this.reportInfo(time, batch.length)
    return this.context.sparkContext.parallelize(decodeAll(batch), this.#partitions)
  }
}
