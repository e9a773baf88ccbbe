import { crashPoints, type CrashPoint } from './crash-points.ts'
import { Random } from './random.ts'

/** How a process of a round ends. */
export type End =
  | { readonly how: 'point'; readonly point: CrashPoint; readonly hit: number }
  /** Killed so long after it was started. */
  | { readonly how: 'chance'; readonly afterMs: number }
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
  readonly batchMs: number
  readonly closeFileAfterWrite: boolean
  /** A task ends its worker, once in each life. */
  readonly workersDie: boolean
  readonly lives: readonly Life[]
  /** How the last process restarts, and ends once the source is exhausted: stopped gracefully, or killed when a batch after that is complete. */
  readonly last: { readonly withFactory: boolean; readonly gracefully: boolean }
}

/** Crash points that one round goes through. */
export const pointsPerRound = 2

/** The plan of a seed. Seeds that follow on one another go through all crash points in turn. */
export function planOf(seed: number, points: readonly CrashPoint[] = pointsOf(seed)): Plan {
  const random = new Random(seed)
  const lives = inOrder(points).map((point): Life => {
    const hit = random.oneIn(2) ? 1 : random.between(1, point.mostHits)
    return { end: { how: 'point', point, hit }, withFactory: !random.oneIn(3) }
  })
  const byChance: Life = { end: otherEnd(random), withFactory: !random.oneIn(3) }
  // Nothing can be recovered in the first life.
  lives.splice(lives.some(isRecovering) ? 0 : random.between(0, lives.length), 0, byChance)
  return {
    seed,
    batchMs: random.pick([50, 60, 80, 100]),
    closeFileAfterWrite: random.oneIn(5),
    workersDie: random.oneIn(3),
    lives,
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

const otherEnd = (random: Random): End =>
  random.oneIn(5)
    ? { how: 'graceful', afterMs: random.between(0, 600) }
    : { how: 'chance', afterMs: random.between(50, 1500) }
