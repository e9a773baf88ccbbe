import type { BatchInfo, OutputOperationInfo, SparkContext, StreamingListener } from 'dstream'
import { errorOf, field, type Case, type ErrorResult, type Result } from '../cases.ts'
import { firstBatchMs } from '../stream/batch-times.ts'
import { Session } from '../stream/session.ts'
import { call, missingIn } from '../unsupported.ts'

type Event = Readonly<Record<string, unknown>>

/** Kind listener: the events of a run, with the fields that do not depend on real time. */
export async function runListener(c: Case, sc: SparkContext): Promise<Result> {
  const batchMs = field(c.batchMs, 'batchMs')
  const session = new Session(sc, batchMs, c.clockStartMs ?? 0)
  const events: Event[] = []
  let error: ErrorResult | undefined
  try {
    call(session.ssc, 'addStreamingListener', recorder(events))
    for (const input of field(c.inputs, 'inputs')) session.addInput(input)
    for (const node of c.nodes ?? []) session.addNode(node)
    for (const output of c.outputs ?? []) session.addOutput(output)
    session.start()
    const first = firstBatchMs(c.clockStartMs ?? 0, batchMs)
    for (let i = 0; i < (c.numBatches ?? 0); i++) {
      await session.runUntil(first + i * batchMs)
      if (session.failure !== undefined && c.continueOnError !== true) break
    }
    if (session.failure !== undefined) throw session.failure.error
  } catch (thrown) {
    const missing = missingIn(thrown)
    if (missing !== undefined) throw missing
    error = errorOf(thrown)
  } finally {
    await session.close()
    session.removeDirectory()
  }
  return { events, ...(error && { error }) }
}

function recorder(events: Event[]): StreamingListener {
  return {
    onStreamingStarted: () => void events.push({ event: 'streamingStarted' }),
    onBatchSubmitted: e => void events.push(ofBatch('batchSubmitted', e.batchInfo)),
    onBatchStarted: e => void events.push(ofBatch('batchStarted', e.batchInfo)),
    onBatchCompleted: e => void events.push(ofBatch('batchCompleted', e.batchInfo)),
    onOutputOperationStarted: e => void events.push(ofOutput('outputOperationStarted', e.outputOperationInfo)),
    onOutputOperationCompleted: e =>
      void events.push({
        ...ofOutput('outputOperationCompleted', e.outputOperationInfo),
        failed: e.outputOperationInfo.failureReason !== undefined,
      }),
  }
}

const isSet = (value: unknown): boolean => value !== undefined

function ofBatch(event: string, info: BatchInfo): Event {
  return {
    event,
    batchTime: info.batchTime.milliseconds,
    numRecords: info.numRecords,
    inputs: Array.from(info.streamIdToInputInfo.values(), input => [input.inputStreamId, input.numRecords]),
    outputOperations: [...info.outputOperationInfos.keys()],
    processingStartTimeSet: isSet(info.processingStartTime),
    processingEndTimeSet: isSet(info.processingEndTime),
    schedulingDelaySet: isSet(info.schedulingDelay),
    processingDelaySet: isSet(info.processingDelay),
    totalDelaySet: isSet(info.totalDelay),
  }
}

function ofOutput(event: string, info: OutputOperationInfo): Event {
  return {
    event,
    batchTime: info.batchTime.milliseconds,
    outputId: info.id,
    startTimeSet: isSet(info.startTime),
    endTimeSet: isSet(info.endTime),
  }
}
