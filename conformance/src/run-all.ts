import type { Case, Result } from './cases.ts'
import { Contexts } from './contexts.ts'
import { runCase } from './run-case.ts'
import type { TaskCounts } from './tasks.ts'

export interface RunOptions {
  readonly master: string
  /** Real time in ms after which a single case is given up. */
  readonly caseBoundMs?: number
  /** Called after each case. */
  readonly onCase?: (c: Case, result: Result, elapsedMs: number) => void
}

export interface RunReport {
  /** What each case produced, by its id. */
  readonly actual: Record<string, Result>
  /** How many tasks each worker ran. */
  readonly tasks: TaskCounts
}

/** Runs the cases one after the other: first those that share one SparkContext, then those that want their own. */
export async function runAll(cases: readonly Case[], options: RunOptions): Promise<RunReport> {
  const contexts = new Contexts(options.master)
  const actual: Record<string, Result> = {}
  const wantsOwn = (c: Case) => c.kind === 'steps'
  try {
    for (const c of [...cases.filter(c => !wantsOwn(c)), ...cases.filter(wantsOwn)]) {
      const start = performance.now()
      const result = await runCase(c, contexts, options.caseBoundMs ?? 30_000)
      actual[c.id] = result
      options.onCase?.(c, result, performance.now() - start)
    }
  } finally {
    await contexts.close()
  }
  return { actual, tasks: contexts.tasks }
}
