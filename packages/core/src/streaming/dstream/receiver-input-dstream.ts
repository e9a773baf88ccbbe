import { RDD } from '../../rdd/rdd.ts'
import type { Time } from '../../time/index.ts'
import type { StreamingContext } from '../context/streaming-context.ts'
import type { ReceiverSpec } from '../receivers/index.ts'
import { InputDStream } from './input-dstream.ts'

/**
 * What a receiver receives: the RDD of a batch has one partition for each block that was received since the batch before.
 *
 * @see Spark's `ReceiverInputDStream`
 */
export class ReceiverInputDStream<T> extends InputDStream<T> {
  readonly #receiverName: string

  /** @param operator the method of the context that made it: `socketTextStream` */
  constructor(ssc: StreamingContext, operator: string, receiver: ReceiverSpec) {
    super(ssc, operator)
    this.#receiverName = receiver.name
    ssc.receivers.add(this.id, receiver)
  }

  override get name(): string {
    return `${this.#receiverName}-${this.id}`
  }

  override compute(time: Time): RDD<T> {
    const { receivers, sparkContext } = this.context
    const blocks = receivers.blocksOf(time.milliseconds, this.id)
    let records = 0
    for (const block of blocks) records += block.records
    this.reportInfo(time, records)
    const { operator, site } = this.node
    const source = { kind: 'blocks', blocks } as const
    return new RDD<T>(
      sparkContext,
      sparkContext.newNode({ kind: 'source', operator, parents: [], numPartitions: blocks.length, source }, site),
    )
  }
}
