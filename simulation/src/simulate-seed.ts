import { abandonContexts } from '@dstream/core/simulation'
import { checkAll, type Violation } from './checks/check-all.ts'
import { codeOf } from './life/code-of.ts'
import { Universe } from './universe.ts'
import type { CoverageCounts } from './world/coverage.ts'

/** What came of a seed. */
export interface SeedOutcome {
  readonly seed: number
  /** What happened, as a sum: equal for equal seeds. */
  readonly digest: string
  readonly violations: readonly Violation[]
  readonly coverage: CoverageCounts
  readonly batches: number
  readonly steps: number
  readonly trace: readonly string[] | undefined
}

export async function simulateSeed(seed: number, keepTrace = false): Promise<SeedOutcome> {
  const universe = new Universe(seed, keepTrace)
  const { world, lives, problems } = universe
  const disconnect = universe.connect()
  const onRejection = (error: unknown): void => void problems.push(`nobody handles a rejection: ${codeOf(error)}`)
  process.on('unhandledRejection', onRejection)
  try {
    await universe.run()
    const violations = await checkAll(universe)
    const batches = new Set(lives.all.flatMap(life => life.submitted.map(({ timeMs }) => timeMs))).size
    const { stepsTaken: steps, trace, coverage } = world
    return {
      ...{ seed, digest: trace.digest, violations, coverage: coverage.counts, batches, steps },
      trace: trace.lines,
    }
  } finally {
    for (const life of lives.all) life.process.dead = true
    abandonContexts()
    disconnect()
    process.off('unhandledRejection', onRejection)
  }
}
