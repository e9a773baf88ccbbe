import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { slope } from '@dstream/tools/statistics'
import { Milliseconds, StreamingContext } from 'dstream'
import { BatchCounter } from './batch-counter.ts'
import { linesFile } from './lines.ts'
import { newContext } from './new-context.ts'
import { tiny } from './workloads/tiny.ts'

/** What is looked at: bytes of this process, and what keeps its event loop busy. */
interface Sample {
  readonly batch: number
  readonly rss: number
  readonly heap: number
  /** Array buffers, shared ones included. */
  readonly buffers: number
  readonly handles: number
}

const samples = 200
/** Until then V8's young generations, in this thread and in the workers, grow in steps of many megabytes to the size they keep. */
const warmUpBatches = 12_500

/** A tiny stream for many batches, after a warm-up; the growth of memory and handles per 1,000 of them. */
export async function measureMemory(intervalMs: number, batches: number): Promise<object> {
  const sc = newContext('memory')
  const ssc = new StreamingContext(sc, Milliseconds(intervalMs))
  const batchCounter = new BatchCounter(ssc)
  ;(await tiny.build(ssc, linesFile())).foreachRDD(async rdd => void (await rdd.count()))
  ssc.start()
  const failed = ssc.awaitTermination()
  const taken: Sample[] = []
  for (let i = 1; i <= samples; i++) {
    const batch = warmUpBatches + Math.ceil((batches * i) / samples)
    await Promise.race([batchCounter.reached(batch), failed])
    taken.push(sample(batchCounter.completed))
  }
  await ssc.stop(true)
  return report(taken, intervalMs, batchCounter)
}

/** Collects the main thread's garbage, so that its heap shows what is held and not what is due. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
}

function sample(batch: number): Sample {
  collectGarbage()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  return { batch, rss, heap: heapUsed, buffers: arrayBuffers, handles: process.getActiveResourcesInfo().length }
}

function report(taken: readonly Sample[], intervalMs: number, counter: BatchCounter): object {
  const growth = (of: (s: Sample) => number) => Math.round(slope(taken.map(s => [s.batch / 1000, of(s)])) * 1000) / 1000
  const last = taken.at(-1)
  return {
    peer: `dstream-node-${process.versions.node}`,
    workload: 'memory',
    interval_ms: intervalMs,
    batches: counter.completed,
    warm_up: warmUpBatches,
    total_delay_last: counter.lastTotalDelayMs,
    rss_mb: megabytes(last?.rss),
    buffers_mb: megabytes(last?.buffers),
    handles: last?.handles,
    per_1000_batches: {
      rss_kb: Math.round(growth(s => s.rss) / 1024),
      heap_kb: Math.round(growth(s => s.heap) / 1024),
      buffers_kb: Math.round(growth(s => s.buffers) / 1024),
      handles: growth(s => s.handles),
    },
  }
}

const megabytes = (bytes: number | undefined) => Math.round((bytes ?? NaN) / 104_857.6) / 10
