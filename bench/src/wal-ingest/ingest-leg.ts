import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Milliseconds, SparkConf, SparkContext, StorageLevel, StreamingContext } from 'dstream'
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
  const { promise: wrongLines, resolve } = Promise.withResolvers<number>()
  const counts: number[] = []
  const streams = ports.map(port => ssc.socketTextStream('127.0.0.1', port, StorageLevel.MEMORY_ONLY))
  ssc.union(streams).foreachRDD(async rdd => {
    if (counts.length === batches) return resolve(await rdd.filter(line => line !== fedLine).count())
    const count = await rdd.count()
    // Before the receivers have begun there is nothing to measure.
    if (count > 0 || counts.length > 0) counts.push(count)
  })
  ssc.start()
  try {
    const wrong = await Promise.race([wrongLines, ssc.awaitTermination()])
    const ended = record.ended.filter((_, i, all) => all.slice(0, i + 1).some(one => one.records > 0)).slice(0, batches)
    const reported = ended.map(batch => batch.records)
    const flaws: string[] = []
    if (wrong !== 0) flaws.push(`${String(wrong)} lines are not the line that was sent`)
    if (sum(counts) !== sum(reported)) flaws.push(`${sum(counts)} lines were counted, ${sum(reported)} reported`)
    const measured = reported.slice(Math.ceil(batches * warmUp))
    return { linesPerSecond: (sum(measured) * 1000) / (measured.length * intervalMs), flaws }
  } finally {
    await ssc.stop(true)
    rmSync(directory, { recursive: true })
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)
