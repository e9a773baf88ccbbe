import type { SparkContext } from 'dstream'
import { errorOf, field, type Case, type ErrorResult, type Result, type SliceSpec } from '../cases.ts'
import { firstBatchMs } from '../stream/batch-times.ts'
import { filesBelow, performFileStep } from '../stream/files.ts'
import { Session } from '../stream/session.ts'
import { Unsupported, missingIn } from '../unsupported.ts'

/** Kind stream: builds the streams, runs the batches on the manual clock, returns what the outputs left. */
export async function runStream(c: Case, sc: SparkContext): Promise<Result> {
  const clockStartMs = c.clockStartMs ?? 0
  const session = new Session(sc, field(c.batchMs, 'batchMs'), clockStartMs)
  let error: ErrorResult | undefined
  const extras: Record<string, unknown> = {}
  try {
    build(c, session)
    session.start()
    await runBatches(c, session)
    Object.assign(extras, await lookInside(c, session))
    if (session.failure !== undefined) throw session.failure.error
  } catch (thrown) {
    const missing = missingIn(thrown)
    if (missing !== undefined) throw missing
    error = errorOf(thrown)
  } finally {
    await session.close()
  }
  const files = c.listFiles === true ? filesBelow(session.directory) : undefined
  session.removeDirectory()
  const { outputs, sequence } = session.recording
  return { ...extras, outputs, sequence, stdout: session.stdout, ...(files && { files }), ...(error && { error }) }
}

function build(c: Case, session: Session): void {
  if (c.checkpoint === true) session.checkpoint()
  if (c.rememberMs !== undefined) session.remember(c.rememberMs)
  for (const step of c.steps ?? []) if (step.at === 'before') performFileStep(session.directory, step)
  for (const input of field(c.inputs, 'inputs')) session.addInput(input)
  for (const node of c.nodes ?? []) session.addNode(node)
  for (const output of c.outputs ?? []) session.addOutput(output)
}

/** The first error ends the run, unless the case goes on. */
async function runBatches(c: Case, session: Session): Promise<void> {
  const batchMs = field(c.batchMs, 'batchMs')
  const first = firstBatchMs(c.clockStartMs ?? 0, batchMs)
  for (let i = 1; i <= (c.numBatches ?? 0); i++) {
    for (const step of c.steps ?? []) {
      if (step.beforeBatch !== i) continue
      if (step.push === undefined) performFileStep(session.directory, step)
      else session.push(step.push, field(step.rdds, 'rdds'))
    }
    await session.runUntil(first + (i - 1) * batchMs)
    if (session.failure !== undefined && c.continueOnError !== true) return
  }
}

async function lookInside(c: Case, session: Session): Promise<Record<string, unknown>> {
  const slices = c.slices && (await slicesOf(c.slices, session))
  const meta = c.meta && Object.fromEntries(c.meta.map(id => [id, session.lookAt(id, (c.numBatches ?? 0) > 0)]))
  return { ...(slices && { slices }), ...(meta && { meta }) }
}

async function slicesOf(specs: readonly SliceSpec[], session: Session): Promise<unknown[]> {
  const slices: unknown[] = []
  for (const spec of specs) {
    try {
      slices.push({ rdds: await session.slice(spec.of, spec.from, spec.to) })
    } catch (error) {
      if (error instanceof Unsupported) throw error
      slices.push({ error: errorOf(error) })
    }
  }
  return slices
}
