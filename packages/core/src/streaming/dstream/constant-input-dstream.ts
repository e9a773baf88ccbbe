import type { RddNode } from '../../rdd/plan/node.ts'
import type { RDD } from '../../rdd/rdd.ts'
import type { StreamingContext } from '../context/streaming-context.ts'
import { rddContent } from '../checkpoint/rdd-content.ts'
import type { InputSourceContent } from '../checkpoint/schema/index.ts'
import { InputDStream } from './input-dstream.ts'

/**
 * An input stream whose every batch is the same RDD.
 *
 * @see Spark's `ConstantInputDStream`
 * @example
 * new ConstantInputDStream(ssc, ssc.sparkContext.parallelize(['a', 'b'])).print()
 */
export class ConstantInputDStream<T> extends InputDStream<T> {
  readonly #rdd: RDD<T>

  constructor(ssc: StreamingContext, rdd: RDD<T>) {
    super(ssc)
    this.#rdd = rdd
  }

  /** @internal */
  override describe(): InputSourceContent {
    return { kind: 'constant', rdd: rddContent(this.#rdd.node as RddNode) }
  }

  override compute(): RDD<T> {
    return this.#rdd
  }
}
