import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Milliseconds, SparkConf, SparkContext, StorageLevel, StreamingContext } from 'dstream'
import { BatchCounter } from '../batch-counter.ts'
import { BatchRecord } from '../batch-record.ts'
import { fedLine } from '../feed.ts'

/** How one leg of the comparison is run. */
export interface LegSettings {
  /** Below it, each leg has a checkpoint directory of its own: on the disk that is measured. */
  readonly directory: string
  readonly ports: readonly number[]
  readonly intervalMs: number
  readonly batches: number
  /** Received blocks go to the write-ahead log. */
  readonly logged: boolean
  /** More configuration. */
  readonly conf: Readonly<Record<string, string>>
}

export interface Leg {
  readonly linesPerSecond: number
  readonly flaws: readonly string[]
}

/** As long as this much of the batches at the beginning does not count: connections, compilers, files that grow. */
const warmUp = 1 / 3

/** Lines are received as fast as they are taken, and counted, with or without a log. */
export async function ingestLeg(settings: LegSettings): Promise<Leg> {
  const { ports, intervalMs, batches, logged } = settings
  const directory = mkdtempSync(join(settings.directory, 'checkpoint-'))
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('wal-ingest').setAll(settings.conf)
  conf.set('spark.streaming.receiver.writeAheadLog.enable', String(logged))
  const ssc = new StreamingContext(new SparkContext(conf), Milliseconds(intervalMs))
  ssc.checkpoint(directory)
  const record = new BatchRecord(ssc)
  const counter = new BatchCounter(ssc)
  const { promise: wrongLines, resolve } = Promise.withResolvers<number>()
  let [counted, seen] = [0, 0]
  const streams = ports.map(port => ssc.socketTextStream('127.0.0.1', port, StorageLevel.MEMORY_ONLY))
  ssc.union(streams).foreachRDD(async rdd => {
    if (seen++ < batches) counted += await rdd.count()
    else resolve(await rdd.filter(line => line !== fedLine).count())
  })
  ssc.start()
  const failed = ssc.awaitTermination()
  try {
    await Promise.race([counter.reached(batches), failed])
    const ended = record.ended.slice(0, batches)
    const reported = ended.reduce((sum, batch) => sum + batch.records, 0)
    const wrong = await Promise.race([wrongLines, failed])
    const flaws: string[] = []
    if (wrong !== 0) flaws.push(`${String(wrong)} lines are not the line that was sent`)
    if (counted !== reported || counted === 0) flaws.push(`${counted} lines were counted, ${reported} reported`)
    const measured = ended.slice(Math.ceil(batches * warmUp))
    const lines = measured.reduce((sum, batch) => sum + batch.records, 0)
    return { linesPerSecond: (lines * 1000) / (measured.length * intervalMs), flaws }
  } finally {
    await ssc.stop(true)
    rmSync(directory, { recursive: true })
  }
}
