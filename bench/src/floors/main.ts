import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Checksum } from '../checksum.ts'
import { linesFile } from '../lines.ts'
import { afterWarmUp, statisticsOf } from '../statistics.ts'
import { announce, waitFor } from './exchange.ts'
import { socketFloor } from './socket.ts'
import { countSlot, doneSlot, wantedSlot, type FloorThreadData } from './thread.ts'

const threads = [0, 1]
const thread = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)

/** Runs one workload by hand on two threads and returns the line to print. */
async function floor(workload: string, batches: number): Promise<object> {
  const file = linesFile()
  const control = new Int32Array(new SharedArrayBuffer(256))
  const boxes = threads.map(() => new SharedArrayBuffer(workload === 'tiny' ? 1 << 16 : 1 << 23))
  const workers = threads.map(
    me => new Worker(thread, { workerData: { workload, file, me, control, boxes } satisfies FloorThreadData }),
  )
  await Promise.all(workers.map(nextMessage))
  const times: number[] = []
  let firstMs = 0
  let count = 0
  for (let batch = 1; batch <= batches; batch++) {
    const start = performance.now()
    announce(control, wantedSlot, batch)
    for (const me of threads) waitFor(control, doneSlot(me), batch)
    times.push(performance.now() - start)
    count = threads.reduce((sum, me) => sum + (control[countSlot(me)] ?? 0), 0)
    if (batch === 1) firstMs = Math.round(performance.now())
    await sleep(workload === 'tiny' ? 20 : 5) // what a batch interval leaves, for the collector
  }
  const ends = workers.map(nextMessage)
  announce(control, wantedSlot, -1)
  const checksum = ((await Promise.all(ends)) as Checksum[]).reduce((a, b) => ({
    count: a.count + b.count,
    hash: (a.hash + b.hash) >>> 0,
  }))
  return {
    peer: `floor-node-${process.versions.node}`,
    workload,
    first_batch_ms: firstMs,
    result: count,
    checksum,
    job_ms: statisticsOf(afterWarmUp(times)),
  }
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

const [workload = '', batches = '40'] = process.argv.slice(2)
console.log(
  JSON.stringify(
    workload === 'socket' ? await socketFloor(Number(batches) / 2) : await floor(workload, Number(batches)),
  ),
)
