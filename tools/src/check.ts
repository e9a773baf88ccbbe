/**
 * `npm run check`: everything that must hold before a change goes in, fastest first. `--full` adds what takes hours.
 *
 * A tier that fails is the last one, unless `--keep-going` is given; all failures within it are reported. The last line is `N passed, N failed, N skipped`.
 */
import { parseArgs } from 'node:util'
import { inTurns } from './check/in-turns.ts'
import { byReason, countsLine, sum, verdict, type Outcome } from './check/outcome.ts'
import { fullTiers, tiers, type Step, type Tier } from './check/steps.ts'

const { values } = parseArgs({
  options: { full: { type: 'boolean', default: false }, 'keep-going': { type: 'boolean', default: false } },
})

async function runTiers(all: readonly Tier[]): Promise<Outcome> {
  const start = performance.now()
  const outcomes: Outcome[] = []
  const notStarted: string[] = []
  for (const tier of all) {
    if (!values['keep-going'] && outcomes.some(outcome => outcome.failed > 0))
      notStarted.push(...tier.steps.map(step => step.name))
    else outcomes.push(...(await inTurns(tier.steps, tier.atOnce, runStep)))
  }
  const whole = sum(outcomes)
  for (const line of byReason('documentation not run', whole.notRun ?? [])) console.log(line)
  for (const line of byReason('skipped', whole.skipped)) console.log(line)
  if (notStarted.length > 0) console.log(`not started after the failure: ${notStarted.join(', ')}`)
  console.log(`in ${seconds(performance.now() - start)}`)
  console.log(countsLine(whole))
  return whole
}

async function runStep({ name, run }: Step): Promise<Outcome> {
  const start = performance.now()
  const outcome = await Promise.resolve()
    .then(run)
    .catch((error: unknown) => verdict(false, String(error instanceof Error ? error.stack : error)))
  const mark = outcome.failed > 0 ? '✗' : '✓'
  console.log(`${mark} ${name.padEnd(14)} ${seconds(performance.now() - start).padStart(8)}  ${countsLine(outcome)}`)
  if (outcome.failed > 0) console.log(outcome.report.trimEnd().replaceAll(/^/gm, '    '))
  return outcome
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

const total = await runTiers(values.full ? [...tiers, ...fullTiers] : tiers)
process.exitCode = total.failed === 0 ? 0 : 1
