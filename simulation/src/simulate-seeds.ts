import { crashPoints } from './life/fate.ts'
import { inProcess } from './in-processes.ts'
import type { SeedOutcome } from './simulate-seed.ts'
import { Coverage } from './world/coverage.ts'
import { faultKinds } from './world/faults.ts'

export interface SeedsWanted {
  readonly first: number
  readonly count: number
  /** Processes at a time. */
  readonly atOnce: number
}

/** From so many seeds on, nothing that the simulator is for may have stayed away. */
const enoughSeeds = 1000

/** What must happen besides faults and crashes. */
const eventKinds = [
  ...[
    'power failure',
    'process crash',
    'gracefulStop',
    'hastyStop',
    'takenOver',
    'intruder',
    'clock jump 1 h',
    'clock jump -1 h',
  ],
  ...['file moved in', 'store refused', 'ends: DIRECTORY_IN_USE', 'ends: DIRECTORY_FENCED'],
]

/** Simulates seeds side by side, tells of those that violate something, and how often everything happened. Gives how many failed. */
export async function simulateSeeds(wanted: SeedsWanted, tell: (line: string) => void): Promise<number> {
  const startedMs = performance.now()
  const coverage = new Coverage()
  const total = { seeds: 0, batches: 0, steps: 0, failed: 0 }
  const take = (outcome: SeedOutcome): void => {
    coverage.add(outcome.coverage)
    total.seeds++
    total.batches += outcome.batches
    total.steps += outcome.steps
    if (outcome.violations.length === 0) return
    total.failed++
    tell(`not ok: npm run simulate -- --seed ${outcome.seed}`)
    for (const { invariant, message } of outcome.violations) tell(`    invariant ${invariant}: ${message}`)
  }
  await Promise.all(
    Array.from({ length: wanted.atOnce }, async (_, i) => {
      const range = { first: wanted.first + i, count: wanted.count - i, step: wanted.atOnce }
      for await (const outcome of inProcess(range)) take(outcome)
    }),
  )
  const missing = wanted.count >= enoughSeeds ? neverHappened(coverage).map(what => `${what} never happened`) : []
  if (total.seeds !== wanted.count) missing.push(`${total.seeds} of ${wanted.count} seeds came to an end`)
  for (const line of linesOf(coverage)) tell(line)
  for (const what of missing) tell(`not ok: ${what}`)
  const { seeds, batches, steps, failed } = total
  tell(`${seeds} seeds, ${batches} batches, ${steps} steps in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
  tell(`${seeds - failed} passed, ${failed + missing.length} failed, 0 skipped`)
  return failed + missing.length
}

function neverHappened({ faults, crashPoints: crashes, events }: Coverage): string[] {
  return [
    ...faultKinds.filter(kind => !faults.has(kind)),
    ...crashPoints.filter(kind => !crashes.has(kind)).map(kind => `a crash after ${kind}`),
    ...eventKinds.filter(kind => !events.has(kind)),
  ]
}

function linesOf({ faults, crashPoints: crashes, events }: Coverage): string[] {
  const list = (counts: ReadonlyMap<string, number>): string =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([kind, n]) => `${kind} ${n}`)
      .join(', ')
  return [`faults: ${list(faults)}`, `crashes after: ${list(crashes)}`, `events: ${list(events)}`]
}
