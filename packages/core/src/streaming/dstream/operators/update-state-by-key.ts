import { builtin } from '../../../closures/index.ts'
import type { TaskFunction } from '../../../closures/closure.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { RddNode } from '../../../rdd/plan/node.ts'
import type { UpdateForm } from '../../state/update-state-options.ts'
import type { MakeStream } from '../graph.ts'
import type { StateForm, StreamNode } from '../plan/node.ts'

/** An update function and what goes with it. */
export interface UpdateState {
  readonly form: UpdateForm
  readonly f: TaskFunction
  readonly partitioner: PartitionerSpec
  readonly initial?: RddNode
  readonly stateForm?: StateForm
  readonly movesKeys?: true
}

const builtins = { simple: 'updateState', time: 'updateStateWithTime', iterator: 'updateStateWhole' } as const

/** Keyed state whose function sees every key in every batch. */
export const updateStateByKey = (
  make: MakeStream,
  parent: StreamNode,
  { form, f, stateForm, ...rest }: UpdateState,
): StreamNode =>
  make({
    kind: 'state',
    operator: 'updateStateByKey',
    parents: [parent],
    slideMs: parent.slideMs,
    update: { mode: form === 'iterator' ? 'whole' : 'everyKey', f: builtin(builtins[form], [f]) },
    ...rest,
    ...(stateForm && { form: stateForm }),
  })
