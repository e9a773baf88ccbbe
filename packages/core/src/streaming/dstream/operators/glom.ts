import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** One record for each partition: the array of its records. */
export const glom = (make: MakeStream, parent: StreamNode): StreamNode => make(named('glom', [parent]))
