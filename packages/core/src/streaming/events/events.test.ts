import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchInput, runBatches, streamingTest } from '../../testing/index.ts'
import { Time } from '../../time/index.ts'
import { BatchInfo } from './batch-info.ts'
import { ListenerBus } from './listener-bus.ts'
import { StatsReportListener } from './stats-report-listener.ts'
import type { StreamingEvent } from './streaming-listener.ts'

const info = (startMs?: number, endMs?: number): BatchInfo =>
  new BatchInfo({
    batchTime: new Time(1000),
    streamIdToInputInfo: new Map([
      [0, { inputStreamId: 0, numRecords: 3, metadata: {} }],
      [2, { inputStreamId: 2, numRecords: 4, metadata: {} }],
    ]),
    submissionTime: 1010,
    processingStartTime: startMs,
    processingEndTime: endMs,
    outputOperationInfos: new Map(),
  })

test('the delays of a batch are known once their ends are', () => {
  const waiting = info()
  assert.deepEqual(
    [waiting.schedulingDelay, waiting.processingDelay, waiting.totalDelay],
    [undefined, undefined, undefined],
  )
  const done = info(1030, 1100)
  assert.deepEqual([done.schedulingDelay, done.processingDelay, done.totalDelay], [20, 70, 90])
  assert.equal(done.numRecords, 7)
})

test('StatsReportListener says how the delays of the last batches are spread', () => {
  const texts: string[] = []
  const listener = new StatsReportListener(2, text => texts.push(text))
  for (const endMs of [9000, 1110, 1210]) listener.onBatchCompleted({ batchInfo: info(1010, endMs) })
  assert.match(
    texts[2]!,
    /^Total delay: \(count: 2, mean: 150\.000000, stdev: 50\.000000, max: 200\.000000, min: 100\.000000\)\n/,
  )
  assert.match(texts[2]!, /Processing time: \(count: 2/)
})

test('a batch that fails completes too, and says why on its output operation', async () => {
  const { ssc, close } = streamingTest()
  ssc.sparkContext.setLogLevel('OFF')
  const events: StreamingEvent['type'][] = []
  let reason: string | undefined
  ssc.addStreamingListener({
    onBatchStarted: e => void events.push(e.type),
    onOutputOperationCompleted: e => {
      events.push(e.type)
      reason = e.outputOperationInfo.failureReason
    },
    onBatchCompleted: e => void events.push(e.type),
    onBatchGenerationFailed: e => void events.push(e.type),
  })
  new BatchInput(ssc, [[1], null])
    .transform(rdd => rdd)
    .foreachRDD(() => {
      throw new Error('no luck')
    })
  ssc.start()
  await runBatches(ssc, 2)
  await close()
  assert.deepEqual(events, ['batchStarted', 'outputOperationCompleted', 'batchCompleted', 'batchGenerationFailed'])
  assert.match(String(reason), /^Error: no luck\n\s+at /)
})

test('a listener method that rejects is told as one that throws, and the others are still called', async () => {
  const told: unknown[] = []
  const bus = new ListenerBus((error, event) => told.push([error, event.type]))
  const called: string[] = []
  bus.add({ onStreamingStarted: () => Promise.reject(new Error('async')) })
  bus.add({ onStreamingStarted: () => { throw new Error('at once') } }) // prettier-ignore
  bus.add({ onStreamingStarted: event => void called.push(event.type) })
  bus.post(() => ({ type: 'streamingStarted', time: 1 }))
  assert.deepEqual(called, ['streamingStarted'])
  await new Promise(setImmediate)
  assert.deepEqual(told, [[new Error('at once'), 'streamingStarted'], [new Error('async'), 'streamingStarted']]) // prettier-ignore
})
