import { inTurns } from './in-turns.ts'
import { readOutcome, sum, type Outcome } from './outcome.ts'
import { runNode } from './run-program.ts'
import { codeFolders, listFiles } from './sources.ts'

const testLimitMs = 60_000
const fileLimitMs = 180_000
const filesAtOnce = 2

/** Runs every test that stands beside a source file, each file in a process of its own. */
export async function unitTests(): Promise<Outcome> {
  const files = listFiles(...codeFolders.map(folder => `${folder}/src/**/*.test.ts`))
  return sum(await inTurns(files, filesAtOnce, runTestFile))
}

/**
 * Runs one file of tests. A file whose process does not end by itself has failed, even if all its tests passed: it leaves a timer, a thread or
 * a socket behind.
 */
export async function runTestFile(file: string): Promise<Outcome> {
  const { output, exitCode } = await runNode(
    [
      '--disable-warning=ExperimentalWarning',
      '--conditions=source',
      `--test-timeout=${testLimitMs}`,
      '--test-reporter=./tools/src/check/test-reporter.ts',
      '--test-reporter-destination=stdout',
      file,
    ],
    { limitMs: fileLimitMs },
  )
  const outcome = readOutcome(output, exitCode)
  return { ...outcome, report: outcome.failed > 0 ? `${file}\n${outcome.report}` : '' }
}
