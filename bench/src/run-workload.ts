import { Milliseconds, StreamingContext, type DStream } from 'dstream'
import { BatchRecord } from './batch-record.ts'
import type { Checksum } from './checksum.ts'
import { EngineRecord } from './engine-record.ts'
import { expectedChecksum } from './floors/programs.ts'
import type { EndedBatch } from './held-interval.ts'
import { linesFile } from './lines.ts'
import { newContext, threads } from './new-context.ts'
import { flaws } from './proof.ts'
import { resultLine, type ResultLine } from './result-line.ts'
import type { Workload } from './workloads/workload.ts'

/** A run: its line, what it has computed, and why its figures are worth nothing, if they are. */
export interface Run {
  readonly line: ResultLine
  readonly checksum: Checksum
  readonly flaws: readonly string[]
  readonly ended: readonly EndedBatch[]
}

/**
 * Runs a workload for so many batches, then one batch more whose result is collected instead of counted and held against the work by hand.
 *
 * @param onMeasured called when the measured batches have ended
 */
export async function runWorkload(workload: Workload, intervalMs: number, batches: number): Promise<Run> {
  const file = linesFile()
  const sc = newContext(workload.name)
  const ssc = new StreamingContext(sc, Milliseconds(intervalMs))
  const batchRecord = new BatchRecord(ssc)
  const engineRecord = new EngineRecord(sc)
  const output = new MeasuredOutput(await workload.build(ssc, file), batches, engineRecord, workload)
  engineRecord.clear()
  ssc.start()
  const failed = ssc.awaitTermination()
  await Promise.race([output.collected, failed])
  const line = resultLine(workload.name, intervalMs, batchRecord, output.jobMs)
  await ssc.stop(true)
  const checksum = await output.collected
  workload.close?.()
  const expected = expectedChecksum(workload.name, file, workload.stateful === true ? batches + 1 : 1)
  if (expected === undefined) throw new Error(`There is no floor for ${workload.name}`)
  const { jobs, workers } = output.seen
  const evidence = {
    checksum,
    expected,
    counts: output.counts,
    jobs,
    perJob: workload.perJob,
    firstJob: workload.firstJob,
    workers,
    parallelism: threads,
  }
  return { line, checksum, flaws: flaws(evidence), ended: batchRecord.ended }
}

/** The output operation: counts and times every measured batch, then collects one. */
class MeasuredOutput {
  readonly jobMs: number[] = []
  readonly counts: number[] = []
  readonly collected: Promise<Checksum>
  /** What the engine had done when the last measured batch ended. */
  seen: Pick<EngineRecord, 'jobs' | 'workers'> = { jobs: [], workers: new Set() }

  constructor(stream: DStream<unknown>, batches: number, engine: EngineRecord, workload: Workload) {
    const { promise, resolve } = Promise.withResolvers<Checksum>()
    this.collected = promise
    stream.foreachRDD(async rdd => {
      if (this.counts.length < batches) {
        const start = performance.now()
        const count = await rdd.count()
        this.jobMs.push(performance.now() - start)
        this.counts.push(count)
      } else {
        this.seen = { jobs: [...engine.jobs], workers: new Set(engine.workers) }
        resolve(workload.checksum(await rdd.collect()))
      }
    })
  }
}
