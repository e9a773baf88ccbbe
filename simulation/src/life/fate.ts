import type { Random } from '@dstream/tools/random'
import type { ProgramPlan } from '../program/plan.ts'

/** How a life of the program ends. Steps and batches are counted from its beginning. */
export type Fate =
  | { readonly kind: 'crash'; readonly afterSteps: number }
  /** After so many steps of a kind. */
  | { readonly kind: 'crashAfter'; readonly step: string; readonly times: number }
  | { readonly kind: 'gracefulStop'; readonly batches: number }
  | { readonly kind: 'hastyStop'; readonly batches: number }
  /** It stands still until another has taken the directory over, and then goes on. */
  | { readonly kind: 'takenOver'; readonly batches: number }
  /** Another process tries to work in the directory, too. */
  | { readonly kind: 'intruder'; readonly batches: number }

/** The kinds of steps after which a process may be killed. */
export const crashPoints = [
  'list',
  'stat',
  'open',
  'read',
  'create',
  'createExclusive',
  'createWriter',
  'append',
  'write',
  'sync',
  'commit',
  'rename',
  'delete',
  'task',
  'result',
  'receive',
  'acknowledge',
  'put',
] as const

export function drawFate(random: Random, { batchMs }: ProgramPlan): Fate {
  const batches = random.between(1, 6)
  return random.weighted<Fate>([
    [5, { kind: 'crash', afterSteps: random.between(1, random.pick([30, 150, 500])) }],
    [6, { kind: 'crashAfter', step: random.pick(crashPoints), times: random.between(1, 30) }],
    [2, { kind: 'gracefulStop', batches }],
    [1, { kind: 'hastyStop', batches }],
    // A lease lasts 30 s.
    [batchMs >= 5000 ? 2 : 0, { kind: 'takenOver', batches }],
    [1, { kind: 'intruder', batches }],
  ])
}
