import type { Planted } from '@dstream/tools/planting'
import { Random } from '@dstream/tools/random'
import { crashPoints, type CrashPoint } from './crash-points.ts'

/** How a process of a round ends. */
export type End =
  | { readonly how: 'point'; readonly point: CrashPoint; readonly hit: number }
  /** Killed so long after it was started, or after it has completed its first batch. */
  | { readonly how: 'chance'; readonly since: 'start' | 'firstBatch'; readonly afterMs: number }
  /** SIGTERM so long after its streams have started; it goes on in the next process. */
  | { readonly how: 'graceful'; readonly afterMs: number }

/** One process of a round. */
export interface Life {
  readonly end: End
  /** `getOrCreate(directory, create)`; else from the checkpoint alone, where there is one. */
  readonly withFactory: boolean
}

/** What happens in a round, all of it by its seed. */
export interface Plan {
  readonly seed: number
  /** On a machine that has nothing else to do. */
  readonly batchMs: number
  readonly closeFileAfterWrite: boolean
  /** A task ends its worker, once in each life. */
  readonly workersDie: boolean
  readonly lives: readonly Life[]
  /** Deliberate mistakes of the system. */
  readonly faults: readonly Planted[]
  /** How the last process restarts, and ends once the source is exhausted: stopped gracefully, or killed when a batch after that is complete. */
  readonly last: { readonly withFactory: boolean; readonly gracefully: boolean }
}

/** Crash points that one round goes through. */
export const pointsPerRound = 2

/**
 * The plan of a seed. Seeds that follow on one another go through all crash points in turn.
 *
 * @param given these points, each when it is reached for the first time
 */
export function planOf(seed: number, given?: readonly CrashPoint[]): Plan {
  const random = new Random(seed)
  const points = given ?? pointsOf(seed)
  const lives = inOrder(points).map((point): Life => {
    const hit = given !== undefined || random.oneIn(2) ? 1 : random.between(1, point.mostHits)
    return { end: { how: 'point', point, hit }, withFactory: !random.oneIn(3) || point.ofProgram === true }
  })
  // Something has to be there that can be recovered.
  const recovers = lives.some(isRecovering)
  const byChance: Life = { end: otherEnd(random, recovers), withFactory: !random.oneIn(3) }
  lives.splice(recovers ? 0 : random.between(0, lives.length), 0, byChance)
  return {
    seed,
    batchMs: random.pick([80, 100, 120]),
    closeFileAfterWrite: random.oneIn(5) && !points.some(({ appends }) => appends === true),
    workersDie: random.oneIn(3),
    lives,
    faults: [],
    last: { withFactory: !random.oneIn(3), gracefully: random.oneIn(2) },
  }
}

function pointsOf(seed: number): CrashPoint[] {
  const at = (i: number): CrashPoint => crashPoints[(seed * pointsPerRound + i) % crashPoints.length]!
  return Array.from({ length: pointsPerRound }, (_, i) => at(i))
}

const isRecovering = ({ end }: Life): boolean => end.how === 'point' && end.point.phase === 'recovering'

/** Those that need an earlier life come later. */
const inOrder = (points: readonly CrashPoint[]): readonly CrashPoint[] =>
  points.toSorted((a, b) => Number(a.phase === 'recovering') - Number(b.phase === 'recovering'))

function otherEnd(random: Random, afterBatches: boolean): End {
  if (!afterBatches && random.oneIn(5)) return { how: 'graceful', afterMs: random.between(0, 600) }
  if (afterBatches || random.oneIn(2)) return { how: 'chance', since: 'firstBatch', afterMs: random.between(0, 600) }
  return { how: 'chance', since: 'start', afterMs: random.between(50, 800) }
}
