import type { Duration } from '../../time/index.ts'
import { DStream } from '../dstream/dstream.ts'
import type { DStreamContext } from '../dstream/dstream-context.ts'
import { stateSnapshots } from '../dstream/operators/map-with-state.ts'
import type { StreamNode } from '../dstream/plan/node.ts'

/**
 * What the function of `mapWithState` returned, batch by batch; behind it stands the state.
 *
 * @see Spark's MapWithStateDStream
 */
export class MapWithStateDStream<K, S, M> extends DStream<M> {
  /** The stream of the state. @internal */
  readonly stateNode: StreamNode

  /** @internal */
  constructor(context: DStreamContext, mapped: StreamNode, state: StreamNode) {
    super(context, mapped)
    this.stateNode = state
  }

  /** The pairs [key, state] of all keys, in every batch: costs a pass over them, unlike the mapped stream. */
  stateSnapshots(): DStream<[K, S]> {
    return new DStream(
      this.context,
      stateSnapshots(node => this.context.graph.make(node), this.stateNode),
    )
  }

  /** Writes the state down every `interval`, and looks for keys whose time is over as often. */
  override checkpoint(interval: Duration): this {
    new DStream(this.context, this.stateNode).checkpoint(interval)
    return this
  }
}
