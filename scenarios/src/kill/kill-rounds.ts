import { parseArgs } from 'node:util'
import { planOf } from './plan.ts'
import { reportOf } from './report.ts'
import { runRound, type RoundResult } from './round.ts'

const tell = (line: string): void => void process.stdout.write(`${line}\n`)

/** `npm run scenarios -- kill --rounds N [--seed S] [--at-once N]`. Resolves to whether every round held. */
export async function main(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      'at-once': { type: 'string', default: '2' },
    },
  })
  const [rounds, seed, atOnce] = [values.rounds, values.seed, values['at-once']].map(Number) as [number, number, number]
  const start = performance.now()
  const results: RoundResult[] = []
  const seeds = Array.from({ length: rounds }, (_, i) => seed + i).values()
  const next = async (): Promise<void> => {
    for (const seed of seeds) {
      const result = await runRound(planOf(seed))
      results.push(result)
      for (const line of linesOf(result)) tell(line)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  const failed = results.filter(({ wrong }) => wrong.length > 0).length
  for (const line of reportOf(results)) tell(line)
  tell(`in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  tell(`${results.length - failed} passed, ${failed} failed, 0 skipped`)
  // No number of rounds is none that held.
  return failed === 0 && results.length === rounds
}

/** What is told of a round: a line, or of one that failed all there is to find the cause. */
export function linesOf({ plan, batchMs, wrong, kills, batches, directory, tookMs }: RoundResult): string[] {
  const deaths = kills.map(({ planned, point, batchInFlight, signal, exitCode }) => {
    const how = point ?? (signal === 'SIGKILL' ? 'by chance' : `exit code ${exitCode}`)
    return `${planned}${how === planned ? '' : ` → ${how}`}${batchInFlight ? ' *' : ''}`
  })
  const text = `seed ${plan.seed}: ${batches} batches of ${batchMs} ms in ${(tookMs / 1000).toFixed(1)} s; ${deaths.join('; ')}`
  if (wrong.length === 0) return [`ok ${text}`]
  return [
    `not ok ${text}`,
    `    again: npm run scenarios -- kill --rounds 1 --seed ${plan.seed}    kept: ${directory}`,
    `    first of ${wrong.length} differences: ${wrong[0]!.replaceAll('\n', '\n    ').slice(0, 4000)}`,
  ]
}
