import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isMainThread } from 'node:worker_threads'
import { StorageLevel } from '@dstream/core'
import type { EngineEvent } from '@dstream/core/engine'
import { TestContext } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'
import type { LocalEngineOptions } from './local-engine.ts'

const directory = mkdtempSync(join(tmpdir(), 'dstream-faults-'))
const engines: LocalEngine[] = []
after(async () => {
  await Promise.all(engines.map(engine => engine.close()))
  rmSync(directory, { recursive: true })
})

function start(options: Partial<LocalEngineOptions> = {}): { context: TestContext; events: EngineEvent[] } {
  const engine = new LocalEngine({
    threads: 2,
    maxFailures: 1,
    maxWorkerDeaths: 4,
    recordErrors: 'fail',
    shuffleMemoryBytes: 2 ** 28,
    directory,
    ...options,
  })
  engines.push(engine)
  const events: EngineEvent[] = []
  engine.subscribe(event => events.push(event))
  return { context: new TestContext(engine), events }
}

let files = 0
const newFile = (): string => join(directory, `log-${files++}`)
const deaths = (events: readonly EngineEvent[]) => events.flatMap(event => (event.type === 'workerDied' ? [event] : []))

/** Appends a line and says how many there are now. */
function visit(file: string): number {
  appendFileSync(file, 'x\n')
  return readFileSync(file, 'utf8').length / 2
}

test('a worker that calls process.exit is replaced and its task run again, once and a second time', async () => {
  const { context, events } = start()
  const file = newFile()
  const rdd = context.parallelize([1, 2, 3, 4], 2).map(n => {
    if (n === 3 && visit(file) <= 2) process.exit(7)
    return n * 10
  })
  assert.deepEqual(await rdd.collect(), [10, 20, 30, 40])
  assert.equal(deaths(events).length, 2)
  assert.match(deaths(events)[0]!.reason, /exit code 7/)
})

test('a partition that brings down its worker four times fails its job, and the engine goes on', async () => {
  const { context, events } = start()
  const deadly = context.parallelize([1], 1).foreach(() => process.exit(1))
  await assert.rejects(deadly, error => {
    const { code, attempts, cause } = error as { code: string; attempts: number; cause: { code: string } }
    return code === 'JOB_FAILED' && attempts === 4 && cause.code === 'WORKER_DIED'
  })
  assert.equal(deaths(events).length, 4)
  assert.equal(await context.parallelize([1, 2], 2).count(), 2)
})

test('a worker that runs out of memory is replaced; the reason says so', async () => {
  const { context, events } = start({ workerHeapMb: 32 })
  const file = newFile()
  const rdd = context.parallelize([1, 2], 2).map(n => {
    if (n === 2 && visit(file) === 1) {
      const hoard: number[][] = []
      for (;;) hoard.push(Array.from({ length: 100_000 }, (_, i) => i + 0.5))
    }
    return n
  })
  assert.deepEqual(await rdd.collect(), [1, 2])
  assert.match(deaths(events)[0]!.reason, /out of memory/)
})

test('an error that no task caught brings down the worker, not the process', async () => {
  const { context, events } = start()
  const file = newFile()
  const rdd = context.parallelize([1, 2], 2).mapPartitions(async records => {
    if (visit(file) === 1) {
      await new Promise(() => {
        setImmediate(() => {
          throw new Error('thrown from a timer')
        })
      })
    }
    return records
  })
  assert.equal((await rdd.collect()).length, 2)
  assert.match(deaths(events)[0]!.reason, /thrown from a timer/)
})

test('what a dead worker kept on its heap is computed again, from shuffle outputs that outlive it', async () => {
  const { context, events } = start()
  const mapped = newFile()
  const merged = newFile()
  const kept = context
    .parallelize(['a', 'b', 'a', 'c'], 2)
    .map(word => [visit(mapped) > 0 ? word : '', 1])
    .reduceByKey((a, b) => a + b, 2)
    .map(pair => (visit(merged) > 0 ? pair : pair))
    .persist(StorageLevel.MEMORY_ONLY)
  const before = new Set((await kept.collect()).map(String))
  assert.equal(readFileSync(mapped, 'utf8').length / 2, 4)
  const once = newFile()
  await context.parallelize([1, 2], 2).foreach(n => {
    if (n === 2 && visit(once) === 1) process.exit(1)
  })
  const [death] = deaths(events)
  assert.equal(death!.lostPartitions, 1)
  const visitsBefore = readFileSync(merged, 'utf8').length / 2
  assert.deepEqual(new Set((await kept.collect()).map(String)), before)
  assert.equal(readFileSync(mapped, 'utf8').length / 2, 4, 'the map side was not run again')
  assert.ok(readFileSync(merged, 'utf8').length / 2 > visitsBefore, 'the lost partition was')
})

test('with records skipped, a record on which a function throws is left out, counted and told once for each operator', async () => {
  const { context, events } = start({ recordErrors: 'skip' })
  const rdd = context
    .parallelize(['1', 'x', '3', 'y'], 1)
    .map(text => {
      if (Number.isNaN(Number(text))) throw new TypeError(`not a number: ${text}`)
      return Number(text)
    })
    .filter(n => {
      if (n === 3) throw new Error('three')
      return true
    })
  assert.deepEqual(await rdd.collect(), [1])
  const skipped = events.filter(event => event.type === 'recordsSkipped')
  assert.deepEqual(
    skipped.map(event => [event.operator, event.count, event.error.message]),
    [['map', 2, 'not a number: x'], ['filter', 1, 'three']], // prettier-ignore
  )
})

test('shuffle blocks beyond the memory bound go to files, and the result is the same', async () => {
  const { context } = start({ shuffleMemoryBytes: 0 })
  const words = Array.from({ length: 10_000 }, (_, i) => `w${i % 100}`)
  const counts = context.parallelize(words, 4).map(word => [word, 1]).reduceByKey((a, b) => a + b, 3) // prettier-ignore
  const again = counts.map(([word, n]) => [n, word]).groupByKey(2)
  const [[n, group]] = (await again.collect()) as [[number, string[]]]
  assert.deepEqual([n, group.length], [100, 100])
})

test('blocks on disk that are gone whenever they are read are made again three times, then the job fails and says which', async () => {
  const { context } = start({ shuffleMemoryBytes: -1 })
  let rounds = 0
  engines.at(-1)!.subscribe(({ type }) => {
    if (type !== 'stageCompleted' || ++rounds > 10) return
    for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
      if (path.includes('block-')) rmSync(join(directory, path))
  })
  const counts = context.parallelize([1, 2, 3], 1).map(n => [n, n]).groupByKey(1) // prettier-ignore
  await assert.rejects(counts.collect(), { code: 'JOB_FAILED', message: /cannot be read: .*block-/ })
  assert.equal(rounds, 5, 'four times the map side, then the end of the job')
})

test('records never pass through the main thread on their way', async () => {
  const { context } = start()
  const places = await context
    .parallelize([1, 2, 3, 4], 4)
    .map(n => [n % 2, isMainThread])
    .reduceByKey((a, b) => a || b || isMainThread, 2)
    .values()
    .collect()
  assert.deepEqual(places, [false, false])
})

test('instances of a class reach tasks whose functions do not name it', async () => {
  class Point {
    readonly x: number
    constructor(x: number) {
      this.x = x
    }
    get twice(): number {
      return this.x * 2
    }
  }
  const { context } = start()
  const points = [1, 2, 3, 4].map(x => new Point(x))
  assert.deepEqual(await context.parallelize(points, 4).map(point => point.twice).collect(), [2, 4, 6, 8]) // prettier-ignore
  const [first] = await context.parallelize(points, 4).repartition(3).collect()
  assert.ok(first instanceof Point)
})

test('more keys than the heap of a worker can hold are merged in parts, and all are counted', async () => {
  const { context, events } = start({ workerHeapMb: 160 })
  const numbers = context.source<number>({ kind: 'range', start: 0, end: 2_000_000, step: 1 }, 4)
  const counts = numbers.map(n => [`key ${n}`, 1]).reduceByKey((a, b) => a + b, 2)
  assert.equal(await counts.count(), 2_000_000)
  assert.equal(await counts.values().sum(), 2_000_000)
  assert.equal(deaths(events).length, 0)
})
