import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readOutcome, verdict, type Outcome } from './outcome.ts'
import { runNode } from './run-program.ts'
import { root } from '../source-scan.ts'
import { listFiles, read } from './sources.ts'

const vectors = 'conformance/vectors'
const answers = '.cache/conformance.json'
/** What compare.mjs prints for a case that the runner could not run. */
const notRun = /^(\S+): not run: "(.*)"$/

/**
 * Runs the cases that real Spark has answered, on the embedded engine, and compares. A case that the runner says it cannot run yet is
 * skipped with its reason; `compare.mjs` alone counts it as failed.
 */
export async function conformance(): Promise<Outcome> {
  if (!existsSync(join(root, 'conformance/src/main.ts')))
    return { passed: 0, failed: 0, skipped: ['conformance: there is no runner yet'], report: '' }
  mkdirSync(join(root, '.cache'), { recursive: true })
  const run = await runNode([
    '--disable-warning=ExperimentalWarning',
    '--conditions=source',
    'conformance/src/main.ts',
    vectors,
    '--out',
    answers,
  ])
  if (run.exitCode !== 0) return verdict(false, run.output)
  const compared = await runNode(['conformance/compare.mjs', vectors, answers, '--show', '1000'])
  const counts = readOutcome(compared.output, compared.exitCode)
  const lines = compared.output.split('\n')
  const notYet = lines.flatMap(notRunYet)
  return {
    passed: counts.passed,
    failed: counts.failed - notYet.length,
    skipped: [...leftOut(), ...notYet],
    report: lines.filter(line => !notRun.test(line)).join('\n'),
  }
}

/** Makes deliberate mistakes in the sources, one at a time: each must turn cases red. */
export async function mutations(): Promise<Outcome> {
  const args = ['--disable-warning=ExperimentalWarning', '--conditions=source', 'conformance/src/main.ts', 'mutations']
  const { output, exitCode } = await runNode(args)
  return readOutcome(output, exitCode)
}

const notRunYet = (line: string): string[] => {
  const [, id, reason] = notRun.exec(line) ?? []
  return id === undefined ? [] : [`${id}: ${reason}`]
}

/** The cases that nobody has to pass, as compare.mjs counts them. */
function leftOut(): string[] {
  const inapplicable = JSON.parse(read(`${vectors}/inapplicable.json`)) as Record<string, string>
  const files = listFiles(`${vectors}/*.json`).map(
    file => JSON.parse(read(file)) as { cases?: { id: string; quirk?: string }[] },
  )
  return files
    .flatMap(({ cases = [] }) => cases)
    .flatMap(({ id, quirk }) => {
      const reason = inapplicable[id] ?? (quirk === undefined ? undefined : "Spark's answer is surprising there")
      return reason === undefined ? [] : [`${id}: ${reason}`]
    })
}
