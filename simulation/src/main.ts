/**
 * `npm run simulate -- --seeds N [--seed S] [--break NAME]`: simulates N seeds from S on, on all cores. `--seed S` alone replays one and prints what happened.
 * `--break NAME` plants the removal of a guard, and ends with the first seed that notices; `--break all` does so for each.
 * The last line is `N passed, N failed, 0 skipped`.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { breaks } from './breaks/breaks.ts'
import { checkBreaks } from './breaks/check-breaks.ts'
import { simulateSeed } from './simulate-seed.ts'
import { simulateSeeds } from './simulate-seeds.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, seed: { type: 'string' }, break: { type: 'string' } },
})
const tell = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  const first = Number(values.seed ?? 1)
  const atOnce = availableParallelism()
  if (values.break !== undefined) {
    const wanted = breaks.filter(({ name }) => values.break === 'all' || values.break === name)
    if (wanted.length === 0)
      throw new Error(`There is no break '${values.break}'. There are: ${breaks.map(({ name }) => name).join(', ')}`)
    return checkBreaks(
      wanted,
      { first, atOnce, ...(values.seeds !== undefined && { seeds: Number(values.seeds) }) },
      tell,
    )
  }
  if (values.seeds !== undefined || values.seed === undefined) {
    return simulateSeeds({ first, count: Number(values.seeds ?? 1000), atOnce }, tell)
  }
  const { trace, violations, digest } = await simulateSeed(first, true)
  for (const line of trace!) tell(line)
  for (const { invariant, message } of violations) tell(`invariant ${invariant}: ${message}`)
  tell(`digest ${digest}`)
  tell(violations.length === 0 ? '1 passed, 0 failed, 0 skipped' : '0 passed, 1 failed, 0 skipped')
  return violations.length
}

process.exitCode = (await main()) === 0 ? 0 : 1
