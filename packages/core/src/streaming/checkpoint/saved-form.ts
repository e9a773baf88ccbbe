import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { SavedTimeContent } from './schema/index.ts'

/** How the states of a stream are written. */
export const savedStateForm = (stream: StreamNode): Pick<SavedTimeContent, 'stateVersion' | 'timed'> =>
  stream.kind !== 'state'
    ? {}
    : {
        ...(stream.form && { stateVersion: stream.form.version }),
        ...(stream.update.mode === 'touchedKeys' && { timed: true }),
      }

/** What is written of a dataset: of state that remembers when its keys were updated, that too. */
export const savedForm = (context: RddContext, node: RddNode): RddNode =>
  node.kind === 'state' && node.update.mode === 'touchedKeys'
    ? context.newNode(
        {
          kind: 'stateView',
          operator: 'checkpoint',
          parents: [node],
          numPartitions: node.numPartitions,
          view: 'timed',
        },
        node.site,
      )
    : node
