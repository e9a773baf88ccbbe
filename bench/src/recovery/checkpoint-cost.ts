import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '@dstream/tools/statistics'
import { BatchRecord } from '../batch-record.ts'
import { BatchCounter } from '../batch-counter.ts'
import { cacheDirectory } from '../lines.ts'
import { statisticsOf, type Statistics } from '../statistics.ts'
import { millionKeys, type Operator } from './million-keys.ts'
import { bytesOf, savedTimes } from './saved-times.ts'

/** Shorter than a batch takes, so that there is always one that waits: what is measured is how many get done. */
const intervalMs = 5
/** A batch that fills its time at a good part of a second. */
const records = 200_000
/** The interval of mapWithState, and that of updateStateByKey with batches of a second. */
const slidesPerSave = 10
const never = 1_000_000

export interface CostOptions {
  readonly rounds: number
  readonly batches: number
}

interface Pass {
  readonly recordsPerSecond: number
  /** Of all threads: tells more than the clock where others use the machine too. */
  readonly cpuMsPerBatch: number
  readonly processing: Statistics
  readonly saves: number
  readonly diskMb: number
}

/**
 * What saving the state costs: records a second of a program that holds a million keys and is always behind, with its state saved every ten batches and
 * never, in turn.
 */
export async function measureCheckpointCost(
  operator: Operator,
  { rounds, batches }: CostOptions,
  show: (line: object) => void,
): Promise<object> {
  const passes: { readonly saved: Pass[]; readonly unsaved: Pass[] } = { saved: [], unsaved: [] }
  for (let round = 0; round < rounds; round++) {
    for (const which of ['unsaved', 'saved'] as const) {
      const pass = await run(operator, which === 'saved' ? slidesPerSave : never, batches)
      passes[which].push(pass)
      show({ workload: 'checkpoint-cost', operator, round, which, ...pass })
    }
  }
  const rate = (of: readonly Pass[]): number => median(of.map(pass => pass.recordsPerSecond))
  const cpu = (of: readonly Pass[]): number => median(of.map(pass => pass.cpuMsPerBatch))
  const percent = (share: number): number => Math.round((1 - share) * 1000) / 10
  return {
    workload: 'checkpoint-cost',
    operator,
    ...{ rounds, batches },
    records_per_second: Math.round(rate(passes.saved)),
    without: Math.round(rate(passes.unsaved)),
    cost_percent: percent(rate(passes.saved) / rate(passes.unsaved)),
    cpu_cost_percent: percent(cpu(passes.unsaved) / cpu(passes.saved)),
  }
}

async function run(operator: Operator, slides: number, batches: number): Promise<Pass> {
  mkdirSync(cacheDirectory(), { recursive: true })
  const directory = mkdtempSync(join(cacheDirectory(), 'cost-'))
  const ssc = millionKeys({ operator, intervalMs, checkpointMs: slides * intervalMs, directory, records }, () => {})
  const record = new BatchRecord(ssc)
  const counter = new BatchCounter(ssc)
  try {
    ssc.start()
    const failed = ssc.awaitTermination()
    const warmUp = Math.ceil(batches / 4)
    await Promise.race([counter.reached(warmUp), failed])
    const [from, beganMs, cpu] = [counter.completed, performance.now(), process.cpuUsage()]
    await Promise.race([counter.reached(warmUp + batches), failed])
    const seconds = (performance.now() - beganMs) / 1000
    const done = counter.completed - from
    const { user, system } = process.cpuUsage(cpu)
    return {
      recordsPerSecond: Math.round((done * records) / seconds),
      cpuMsPerBatch: Math.round((user + system) / 100 / done) / 10,
      processing: statisticsOf(record.processingMs.slice(from)),
      saves: savedTimes(directory).length,
      diskMb: Math.round(bytesOf(directory) / 1e5) / 10,
    }
  } finally {
    await ssc.stop(true)
    rmSync(directory, { recursive: true, force: true })
  }
}
