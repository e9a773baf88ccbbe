import { StreamingContext, type SparkContext } from 'dstream'
import { errorOf, field, type Case, type ErrorResult, type Result, type StepSpec } from '../cases.ts'
import { Session } from '../stream/session.ts'
import { call, known, missingIn } from '../unsupported.ts'

type Fields = Record<string, unknown>
type StepResult = Fields | { readonly error: ErrorResult }

/** The StreamingContexts that the steps of one case made, by name. */
class Contexts {
  readonly #sessions = new Map<string, Session>()
  readonly #sc: SparkContext

  constructor(sc: SparkContext) {
    this.#sc = sc
  }

  create(step: StepSpec): void {
    this.#sessions.set(step.ctx ?? 'main', new Session(this.#sc, field(step.batchMs, 'batchMs'), 0))
  }

  of(step: StepSpec): Session {
    return field(this.#sessions.get(step.ctx ?? 'main'), `context ${step.ctx ?? 'main'}`)
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) {
      await session.close()
      session.removeDirectory()
    }
  }
}

type Step = (step: StepSpec, contexts: Contexts) => Fields | void | Promise<Fields | void>

const steps: Readonly<Record<string, Step>> = {
  createContext: (step, contexts) => contexts.create(step),
  checkpointDir: (step, contexts) => contexts.of(step).checkpoint(),
  input: (step, contexts) => contexts.of(step).addInput(field(step.input, 'input')),
  node: (step, contexts) => contexts.of(step).addNode(field(step.node, 'node')),
  output: (step, contexts) => contexts.of(step).addOutput(field(step.output, 'output')),
  start: (step, contexts) => contexts.of(step).start(),
  stop: (step, contexts) => contexts.of(step).stop(),
  state: (step, contexts) => ({ state: contexts.of(step).ssc.getState() }),
  active: () => ({ active: StreamingContext.getActive() !== undefined }),
  remember: (step, contexts) => contexts.of(step).remember(field(step.ms, 'ms')),
  batches: (step, contexts) => contexts.of(step).runBatches(field(step.n, 'n')),
  slice: async (step, contexts) => {
    const { of, from, to } = step
    return { rdds: await contexts.of(step).slice(field(of, 'of'), Number(from), Number(to)) }
  },
  await: async (step, contexts) => {
    return { terminated: await contexts.of(step).ssc.awaitTerminationOrTimeout(field(step.ms, 'ms')) }
  },
  persist: (step, contexts) => void call(contexts.of(step).stream(field(step.of, 'of')), 'persist'),
  checkpointStream: (step, contexts) => contexts.of(step).checkpointStream(field(step.of, 'of'), field(step.ms, 'ms')),
}

/** Kind steps: an error is the result of its step and does not end the sequence. */
export async function runSteps(c: Case, sc: SparkContext): Promise<Result> {
  const contexts = new Contexts(sc)
  const results: StepResult[] = []
  try {
    for (const step of field(c.steps, 'steps')) results.push(await perform(step, contexts))
  } finally {
    await contexts.close()
  }
  return { steps: results }
}

async function perform(step: StepSpec, contexts: Contexts): Promise<StepResult> {
  const run = known(steps, field(step.do, 'do'), 'step')
  try {
    return { ok: true, ...(await run(step, contexts)) }
  } catch (error) {
    const missing = missingIn(error)
    if (missing !== undefined) throw missing
    return { error: errorOf(error) }
  }
}
