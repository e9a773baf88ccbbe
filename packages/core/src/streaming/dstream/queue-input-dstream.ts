import type { RDD } from '../../rdd/rdd.ts'
import type { StreamingContext } from '../context/streaming-context.ts'
import { checkQueued } from '../context/input-arguments.ts'
import type { InputSourceContent } from '../checkpoint/schema/index.ts'
import { InputDStream } from './input-dstream.ts'

/**
 * An input stream of RDDs that the program itself puts into a queue: for tests and trials. It takes from the front of the array.
 *
 * @see Spark's `QueueInputDStream`
 */
export class QueueInputDStream<T> extends InputDStream<T> {
  readonly #queue: RDD<T>[]
  readonly #oneAtATime: boolean
  readonly #whenEmpty: RDD<T> | undefined

  /**
   * @param oneAtATime one RDD a batch; else all that are queued, as one
   * @param whenEmpty the batch while nothing is queued; default: an empty one
   */
  constructor(ssc: StreamingContext, queue: RDD<T>[], oneAtATime: boolean, whenEmpty: RDD<T> | undefined) {
    super(ssc)
    this.#queue = queue
    this.#oneAtATime = oneAtATime
    this.#whenEmpty = whenEmpty
  }

  /** @internal */
  override describe(): InputSourceContent {
    return { kind: 'queue' }
  }

  override compute(): RDD<T> {
    const taken = this.#queue.splice(0, this.#oneAtATime ? 1 : this.#queue.length)
    for (const rdd of taken) checkQueued(rdd)
    if (taken.length > 1) return this.context.sparkContext.union(taken)
    return taken[0] ?? this.#whenEmpty ?? this.context.sparkContext.emptyRDD<T>()
  }
}
