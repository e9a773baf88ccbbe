import type { RDD } from '../rdd/rdd.ts'
import { InputDStream } from '../streaming/dstream/input-dstream.ts'
import type { StreamingContext } from '../streaming/context/streaming-context.ts'
import type { Time } from '../time/index.ts'

/**
 * An input stream of given batches: the first batch of the context has the records `batches[0]`, and so on. `null` is a batch without an
 * RDD; after the last come empty ones.
 *
 * @example
 * const lines = new BatchInput(ssc, [['a b', 'b'], [], null])
 */
export class BatchInput<T> extends InputDStream<T> {
  readonly #batches: readonly (readonly T[] | null)[]
  readonly #numPartitions: number
  #firstMs: number | undefined

  constructor(ssc: StreamingContext, batches: readonly (readonly T[] | null)[], numPartitions = 2) {
    super(ssc)
    this.#batches = batches
    this.#numPartitions = numPartitions
  }

  override start(): void {
    this.#firstMs = this.context.graph.zeroMs! + this.slideDuration.milliseconds
  }

  override compute(time: Time): RDD<T> | undefined {
    const index = (time.milliseconds - this.#firstMs!) / this.slideDuration.milliseconds
    const records = index < this.#batches.length ? this.#batches[index] : []
    if (records === null || records === undefined) return undefined
    this.reportInfo(time, records.length)
    return this.context.sparkContext.parallelize(records, this.#numPartitions)
  }
}
