import { randomInt } from 'node:crypto'
import { join, posix } from 'node:path'
import { importsOf } from '../layers/layers.ts'
import { inTurns } from './in-turns.ts'
import { readOutcome, sum, type Outcome } from './outcome.ts'
import { hasProperties } from './property-tests.ts'
import { runNode } from './run-program.ts'
import { codeFolders, listFiles, read } from './sources.ts'

/** How long one test, and all tests of a file, may take. */
const limits = { testMs: 60_000, fileMs: 180_000 }
const filesAtOnce = 2
/** Programs in processes of their own, which are killed and started again: one file at a time, as they use all cores, and with time. */
const scenarios = 'scenarios'
// A test that waits for a process says itself what for when it gives up, which is sooner.
const scenarioLimits: typeof limits = { testMs: 540_000, fileMs: 600_000 }
const propertySeed = join(import.meta.dirname, 'property-seed.ts')

/** Runs every test that stands beside a source file, each file in a process of its own. */
export async function unitTests(): Promise<Outcome> {
  return sum(await inTurns(unitTestFiles(), filesAtOnce, file => runTestFile(file)))
}

/** Runs every such file that has properties with so many seeds that it has not been run with before. */
export async function unitPropertiesAtLength(seeds: number): Promise<Outcome> {
  const files = unitTestFiles().filter(hasProperties)
  const runs = Array.from({ length: seeds }, () => files).flat()
  return sum(await inTurns(runs, filesAtOnce, file => runTestFile(file, limits, randomInt(2 ** 31))))
}

/** Runs the tests of the whole system. */
export async function scenarioTests(): Promise<Outcome> {
  return sum(await inTurns(testFilesOf(scenarios), 1, file => runTestFile(file, scenarioLimits)))
}

const unitTestFiles = (): string[] => testFilesOf(...codeFolders.filter(folder => folder !== scenarios))

const testFilesOf = (...folders: readonly string[]): string[] =>
  withoutShared(listFiles(...folders.map(folder => `${folder}/src/**/*.test.ts`)))

/** What other tests import is run by them; by itself it may have no tests. */
function withoutShared(files: readonly string[]): string[] {
  const imported = new Set(
    files.flatMap(file => importsOf(read(file)).map(({ specifier }) => posix.join(posix.dirname(file), specifier))),
  )
  return files.filter(file => !imported.has(file))
}

/**
 * Runs one file of tests, its properties with the seed of the check or with another. A file whose process does not end by itself has failed,
 * even if all its tests passed: it leaves a timer, a thread or a socket behind.
 */
export async function runTestFile(file: string, { testMs, fileMs } = limits, seed?: number): Promise<Outcome> {
  const { output, exitCode } = await runNode(
    [
      '--disable-warning=ExperimentalWarning',
      '--conditions=source',
      ...(hasProperties(file) ? ['--import', propertySeed] : []),
      `--test-timeout=${testMs}`,
      '--test-reporter=./tools/src/check/test-reporter.ts',
      '--test-reporter-destination=stdout',
      file,
    ],
    { limitMs: fileMs, env: seed === undefined ? {} : { DSTREAM_PROPERTY_SEED: String(seed) } },
  )
  const outcome = readOutcome(output, exitCode)
  return { ...outcome, report: outcome.failed > 0 ? `${file}\n${outcome.report}` : '' }
}
