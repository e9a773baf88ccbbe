import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadCases, type Case, type Result } from './cases.ts'
import { checkFaults } from './mutations/check-faults.ts'
import { faults } from './mutations/faults.ts'
import { runAll } from './run-all.ts'
import { describeTasks } from './tasks.ts'

const usage = `usage: npm run conformance -- DIR --out FILE [--master MASTER] [--theme NAME]... [--id ID]... [--slow MS] [--bound MS]
Runs every case of the vector files in DIR and writes {"<case id>": <actual>, …} to FILE.
Compare with: node conformance/compare.mjs DIR FILE

usage: npm run conformance -- mutations [NAME]...
Makes deliberate mistakes, one at a time, and holds that vectors notice each of them; of faults whose names contain NAME only.`

/** Runs the command line; resolves to the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      master: { type: 'string', default: 'local[2]' },
      theme: { type: 'string', multiple: true, default: [] },
      id: { type: 'string', multiple: true, default: [] },
      slow: { type: 'string', default: '2000' },
      bound: { type: 'string', default: '30000' },
    },
  })
  const [directory, ...names] = positionals
  if (directory === 'mutations') {
    const chosen = faults.filter(({ name }) => names.length === 0 || names.some(part => name.includes(part)))
    return Math.min(1, await checkFaults(chosen, line => console.log(line)))
  }
  if (directory === undefined || values.out === undefined || names.length > 0) {
    console.error(usage)
    return 2
  }
  const wanted = (c: Case) =>
    (values.theme.length === 0 || values.theme.includes(c.theme)) &&
    (values.id.length === 0 || values.id.includes(c.id))
  const cases = loadCases(directory).filter(wanted)
  const start = performance.now()
  const { actual, tasks } = await runAll(cases, {
    master: values.master,
    caseBoundMs: Number(values.bound),
    onCase: (c, _result, elapsedMs) => {
      if (elapsedMs > Number(values.slow)) console.error(`${c.id} took ${Math.round(elapsedMs)} ms`)
    },
  })
  writeFileSync(values.out, JSON.stringify(actual))
  console.log(describeTasks(tasks))
  console.log(summary(Object.values(actual), performance.now() - start))
  return 0
}

function summary(results: readonly Result[], elapsedMs: number): string {
  const reasons = new Map<string, number>()
  for (const { skipped } of results) if (skipped !== undefined) reasons.set(skipped, (reasons.get(skipped) ?? 0) + 1)
  const lines = [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${count} not run: ${reason}`)
  const notRun = [...reasons.values()].reduce((a, b) => a + b, 0)
  return [
    ...lines,
    `${results.length - notRun} cases run, ${notRun} not run, in ${(elapsedMs / 1000).toFixed(1)} s`,
  ].join('\n')
}

process.exitCode = await main(process.argv.slice(2))
