import { builtin } from '../../../closures/index.ts'
import type { TaskFunction } from '../../../closures/closure.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { RddNode } from '../../../rdd/plan/node.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StateForm, StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** The function of a StateSpec and what goes with it. */
export interface MapWithStateUpdate {
  readonly form: 'plain' | 'time'
  readonly f: TaskFunction
  readonly partitioner: PartitionerSpec
  readonly initial?: RddNode
  readonly stateForm?: StateForm
  readonly timeoutMs?: number
}

/** Keyed state whose function sees the keys that have data; two streams: the state, and what the function returned. */
export function mapWithState(
  make: MakeStream,
  parent: StreamNode,
  { form, f, stateForm, ...rest }: MapWithStateUpdate,
): { readonly state: StreamNode; readonly mapped: StreamNode } {
  const under = underName(make, 'mapWithState')
  const state = under({
    kind: 'state',
    operator: 'mapWithState',
    parents: [parent],
    slideMs: parent.slideMs,
    update: { mode: 'touchedKeys', f: builtin(form === 'time' ? 'mapStateWithTime' : 'mapState', [f]) },
    ...rest,
    ...(stateForm && { form: stateForm }),
  })
  return { state, mapped: under(named('stateMapped', [state])) }
}

/** The pairs [key, state] of every batch. */
export const stateSnapshots = (make: MakeStream, state: StreamNode): StreamNode =>
  make(named('stateSnapshots', [state]))
