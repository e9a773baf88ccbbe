import { builtin } from '../../closures/index.ts'
import type { MakeNode } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import type { SavedTimeContent } from '../checkpoint/schema/index.ts'
import type { StreamNode } from '../dstream/plan/node.ts'

/**
 * Saved states in the form that their stream has now. What is on disk stays as it is, and says in which form, until the stream is saved anew: so nothing goes through
 * the program's `migrate` twice, however often the program is started again before that.
 */
export function restoredState(make: MakeNode, source: RddNode, stream: StreamNode, saved: SavedTimeContent): RddNode {
  if (stream.kind !== 'state') return source
  const { version = 0, migrate } = stream.form ?? {}
  const { stateVersion = 0, timed = false, timeMs } = saved
  const to = stream.update.mode === 'touchedKeys' ? 'timed' : 'pairs'
  const isOld = stateVersion !== version && migrate !== undefined
  if (!isOld && timed === (to === 'timed')) return source
  return make({
    kind: 'narrow',
    operator: 'checkpoint',
    parents: [source],
    numPartitions: source.numPartitions,
    ...(source.partitioner && { partitioner: source.partitioner }),
    step: { op: 'flatMap', f: builtin('restoreState', isOld ? [migrate] : [], [stateVersion, timeMs, to]) },
  })
}
