import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { breaches, sum, verdict, type Outcome } from './outcome.ts'
import { runNode } from './run-program.ts'
import { root } from '../source-scan.ts'

const batchHeader = /^-{43}\nTime: \d+ ms\n-{43}$/m
const limitMs = 60_000

/** Runs what `npm start` runs, on the built packages, for two batches. */
export async function examples(): Promise<Outcome> {
  if (!existsSync(join(root, 'examples/src/start.ts')))
    return { passed: 0, failed: 0, skipped: ['examples: there are none yet'], report: '' }
  return sum([await startPrintsBatches()])
}

async function startPrintsBatches(): Promise<Outcome> {
  const { exitCode, stdout, output } = await runNode(
    ['--disable-warning=ExperimentalWarning', 'examples/src/start.ts', '--batches', '2'],
    { limitMs },
  )
  const wrong: string[] = []
  if (exitCode !== 0) wrong.push(`npm start -- --batches 2 ended with exit code ${exitCode}`)
  if (stdout.match(new RegExp(batchHeader, 'gm'))?.length !== 2) wrong.push('it did not print two batches')
  if (!/^\(\S+,\d+\)$/m.test(stdout)) wrong.push('it counted no words')
  return wrong.length === 0 ? verdict(true, '') : breaches([...wrong, output])
}
