import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StreamingContext, type SparkContext } from 'dstream'
import { errorOf, field, type Case, type ErrorResult, type Result } from '../cases.ts'
import { performFileStep } from '../stream/files.ts'
import { Session } from '../stream/session.ts'
import { missingIn } from '../unsupported.ts'

type Outputs = Session['recording']['outputs']

/** Kind recover: runs some batches, stops, goes on from the checkpoint directory with the clock at the restart time. */
export async function runRecover(c: Case, sc: SparkContext): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'conformance-'))
  try {
    const before = await firstRun(c, sc, directory)
    for (const step of c.steps ?? []) if (step.whileDown !== undefined) performFileStep(directory, step)
    const batchMs = field(c.batchMs, 'batchMs')
    const restartClockMs =
      (field(c.batchesBeforeStop, 'batchesBeforeStop') + field(c.downBatches, 'downBatches')) * batchMs
    const after = await secondRun(c, sc, directory, restartClockMs)
    if ('error' in after) return { beforeStop: before, recoverError: after.error }
    return { beforeStop: before, restartClockMs, afterRecovery: after.outputs }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function firstRun(c: Case, sc: SparkContext, directory: string): Promise<Outputs> {
  const session = await open(c, sc, directory, 0)
  try {
    session.start()
    await runBatches(c, session, 1, field(c.batchesBeforeStop, 'batchesBeforeStop'))
    if (session.failure !== undefined) throw session.failure.error
  } finally {
    await session.close()
  }
  return session.recording.outputs
}

async function secondRun(
  c: Case,
  sc: SparkContext,
  directory: string,
  restartClockMs: number,
): Promise<{ readonly outputs: Outputs } | { readonly error: ErrorResult }> {
  let session: Session | undefined
  try {
    session = await open(c, sc, directory, restartClockMs)
    session.start()
    await session.runUntil(restartClockMs)
    await runBatches(c, session, restartClockMs / field(c.batchMs, 'batchMs') + 1, field(c.numBatches, 'numBatches'))
    if (session.failure !== undefined) throw session.failure.error
    return { outputs: session.recording.outputs }
  } catch (thrown) {
    const missing = missingIn(thrown)
    if (missing !== undefined) throw missing
    return { error: errorOf(thrown) }
  } finally {
    await session?.close()
  }
}

/** The context of the checkpoint directory, made new or going on; the outputs reach their store through the factory function. */
async function open(c: Case, sc: SparkContext, directory: string, clockMs: number): Promise<Session> {
  const batchMs = field(c.batchMs, 'batchMs')
  let session: Session | undefined
  await StreamingContext.getOrCreate(join(directory, '.checkpoint'), () => {
    session = new Session(sc, batchMs, clockMs, { directory, firstBatchMs: batchMs })
    session.checkpoint()
    for (const input of field(c.inputs, 'inputs')) session.addInput(input)
    for (const node of c.nodes ?? []) session.addNode(node)
    for (const output of c.outputs ?? []) session.addOutput(output)
    return session.ssc
  })
  return field(session, 'session')
}

async function runBatches(c: Case, session: Session, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i++) {
    for (const step of c.steps ?? []) if (step.beforeBatch === i) performFileStep(session.directory, step)
    await session.runUntil(i * field(c.batchMs, 'batchMs'))
    if (session.failure !== undefined) return
  }
}
