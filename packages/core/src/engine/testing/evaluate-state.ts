import type { StateNode } from '../../rdd/plan/node.ts'
import { nextVersion, seedVersion } from '../../rdd/state/index.ts'

/** What a state node has made of a partition: plain data. */
export interface EvaluatedState {
  readonly timed: readonly (readonly [key: unknown, state: unknown, updatedMs: number])[]
  readonly mapped: readonly unknown[]
}

/** One step of keyed state, from the records of its parents. */
export function evaluateState(
  node: StateNode,
  from: {
    readonly f: (...args: unknown[]) => unknown
    readonly pairs: Iterable<unknown>
    readonly before: Iterable<unknown>
  },
): EvaluatedState {
  const { update, batchTimeMs } = node
  const seed = node.parents[1]?.kind === 'state' ? 'timed' : node.seed
  const before = seedVersion(update.mode, from.before as Iterable<readonly unknown[]>, batchTimeMs, seed)
  const step = nextVersion(before, { ...update, f: from.f }, batchTimeMs, from.pairs as Iterable<[unknown, unknown]>)
  return { timed: [...step.version.timedEntries()], mapped: step.mapped }
}

/** The records of a state node are its pairs; views look at the rest. */
export const stateRecords = (
  state: EvaluatedState,
): { records: () => Iterable<unknown>; depth: number; state: EvaluatedState } => ({
  records: () => state.timed.map(([key, value]) => [key, value]),
  depth: 0,
  state,
})
