import { Milliseconds, StorageLevel, StreamingContext } from 'dstream'
import { BatchCounter } from '../batch-counter.ts'
import { BatchRecord } from '../batch-record.ts'
import { EngineRecord } from '../engine-record.ts'
import { fedLine } from '../feed.ts'
import { startFeeder } from '../feeder.ts'
import { resultLine } from '../result-line.ts'
import { newContext } from '../new-context.ts'
import type { Run } from '../run-workload.ts'
import { afterWarmUp, statisticsOf } from '../statistics.ts'

/**
 * Lines of 100 bytes received from a feeder, as fast as they are taken, and counted. `records` over the time of the run is the figure.
 * After the measured batches comes one whose lines are all compared with the line that was sent.
 */
export async function runSocket(intervalMs: number, batches: number): Promise<Run> {
  const feeder = await startFeeder()
  const sc = newContext('socket')
  const ssc = new StreamingContext(sc, Milliseconds(intervalMs))
  const batchRecord = new BatchRecord(ssc)
  const batchCounter = new BatchCounter(ssc)
  const engineRecord = new EngineRecord(sc)
  const jobMs: number[] = []
  const { promise: wrongLines, resolve } = Promise.withResolvers<number>()
  let counted = 0
  ssc.socketTextStream('127.0.0.1', feeder.port, StorageLevel.MEMORY_ONLY).foreachRDD(async rdd => {
    if (jobMs.length < batches) {
      const start = performance.now()
      counted += await rdd.count()
      jobMs.push(performance.now() - start)
    } else resolve(await rdd.filter(line => line !== fedLine).count())
  })
  ssc.start()
  const failed = ssc.awaitTermination()
  await Promise.race([batchCounter.reached(batches), failed])
  const rates = afterWarmUp(batchRecord.ended).map(batch => (batch.records * 1000) / intervalMs)
  const line = { ...resultLine('socket', intervalMs, batchRecord, jobMs), lines_per_s: statisticsOf(rates) }
  const wrong = await Promise.race([wrongLines, failed])
  await ssc.stop(true)
  feeder.stop()
  const found: string[] = []
  if (wrong !== 0) found.push(`${String(wrong)} lines are not the line that was sent`)
  if (counted !== line.records)
    found.push(`the batches counted ${counted} lines, the receiver reported ${line.records}`)
  if (counted === 0) found.push('no line was received')
  if (engineRecord.workers.size === 0) found.push('no worker ran a task')
  return { line, checksum: { count: counted, hash: 0 }, flaws: found, ended: batchRecord.ended }
}
