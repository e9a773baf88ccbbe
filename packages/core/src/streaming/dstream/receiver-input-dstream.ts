import { RDD } from '../../rdd/rdd.ts'
import type { Time } from '../../time/index.ts'
import type { StreamingContext } from '../context/streaming-context.ts'
import type { CaptureDriver } from '../checkpoint/describe-graph.ts'
import type { InputSourceContent } from '../checkpoint/schema/index.ts'
import type { ReceiverSpec } from '../receivers/index.ts'
import { InputDStream } from './input-dstream.ts'

/**
 * What a receiver receives: the RDD of a batch has one partition for each block that was received since the batch before.
 *
 * @see Spark's `ReceiverInputDStream`
 */
export class ReceiverInputDStream<T> extends InputDStream<T> {
  readonly #receiver: ReceiverSpec

  /** @param operator the method of the context that made it: `socketTextStream` */
  constructor(ssc: StreamingContext, operator: string, receiver: ReceiverSpec) {
    super(ssc, operator)
    this.#receiver = receiver
    ssc.receivers.add(this.id, receiver)
  }

  override get name(): string {
    return `${this.#receiver.name}-${this.id}`
  }

  /** @internal */
  override describe(captureDriver: CaptureDriver): InputSourceContent {
    const { name, storageLevel, where } = this.#receiver
    const said = { kind: 'receiver', receiver: name, level: storageLevel.name } as const
    if (where.thread === 'own') return { ...said, thread: 'own', make: where.make }
    const { receiver } = where
    const make = captureDriver(() => receiver, this.node.operator, this.node.site, receiver)
    return make === undefined ? { kind: 'none' } : { ...said, thread: 'main', make }
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
