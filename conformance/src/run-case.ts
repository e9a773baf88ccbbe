import { errorOf, type Case, type Result } from './cases.ts'
import type { Contexts } from './contexts.ts'
import { runListener } from './kinds/listener.ts'
import { runRate } from './kinds/rate.ts'
import { runRdd } from './kinds/rdd.ts'
import { runRecover } from './kinds/recover.ts'
import { runSteps } from './kinds/steps.ts'
import { runStream } from './kinds/stream.ts'
import { runTime } from './kinds/time.ts'
import { refuseUnknownFields } from './known-fields.ts'
import { Unsupported } from './unsupported.ts'
import { OutOfTime, within } from './within.ts'

type Runner = (c: Case, contexts: Contexts) => Result | Promise<Result>

const runners: Readonly<Record<string, Runner>> = {
  time: runTime,
  rate: runRate,
  rdd: async (c, contexts) => runRdd(c, await contexts.shared()),
  stream: async (c, contexts) => runStream(c, await contexts.shared()),
  listener: async (c, contexts) => runListener(c, await contexts.shared()),
  recover: async (c, contexts) => runRecover(c, await contexts.shared()),
  steps: async (c, contexts) => runSteps(c, await contexts.fresh()),
}

const notYet: Readonly<Record<string, string>> = {
  ml: 'streaming machine learning is not built yet',
}

/**
 * Runs one case. Never throws: what the system lacks is `skipped` with the reason, anything else that goes wrong is an `error`.
 *
 * @param boundMs real time after which the case is given up and reported as failed
 */
export async function runCase(c: Case, contexts: Contexts, boundMs: number): Promise<Result> {
  const run = Object.hasOwn(runners, c.kind) ? runners[c.kind] : undefined
  if (run === undefined) return { skipped: notYet[c.kind] ?? `the runner knows no kind ${c.kind}` }
  try {
    refuseUnknownFields(c)
    return await within(Promise.resolve(run(c, contexts)), boundMs, 'The case')
  } catch (error) {
    if (error instanceof OutOfTime) await contexts.abandon()
    return error instanceof Unsupported ? { skipped: error.message } : { error: errorOf(error) }
  }
}
