import { readOutcome, type Outcome } from './outcome.ts'
import { runNode } from './run-program.ts'

/** So many universes in a normal run: about a minute on two cores. */
const seeds = 1200

/** Simulates the control plane, seed after seed, and tells how often each fault and each crash happened. */
export const simulation = (): Promise<Outcome> => simulate('--seeds', String(seeds))

/** Removes the guards of the control plane, one at a time: seeds must notice each. */
export const brokenGuards = (): Promise<Outcome> => simulate('--break', 'all')

/** Seeds that no normal run has. */
export const simulationAtLength = (): Promise<Outcome> => simulate('--seed', '1000000', '--seeds', '100000')

async function simulate(...options: readonly string[]): Promise<Outcome> {
  const args = ['--disable-warning=ExperimentalWarning', '--conditions=source', 'simulation/src/main.ts', ...options]
  const { output, exitCode } = await runNode(args, { limitMs: 6 * 3_600_000 })
  for (const line of output.split('\n').filter(line => counts.test(line))) console.log(`    ${line}`)
  return readOutcome(output, exitCode)
}

const counts = /^(?:faults|crashes after|events): |^\d+ seeds, /
