import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { collectBatches, streamingTest, untilIdle } from '../../testing/index.ts'
import { ManualClock, Milliseconds, Minutes } from '../../time/index.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

const hourMs = 3_600_000
const batchMs = 600_000

const step = fc.oneof(
  fc.record({ passMs: fc.integer({ min: 0, max: 2 * batchMs }) }),
  fc.record({ jumpMs: fc.constantFrom(-hourMs, hourMs, -batchMs / 3, 200, -200) }),
  fc.constant('store' as const),
  fc.constant('restart' as const),
)

function newSparkContext(): SparkContext {
  const putBack = registerEngine('local', () => new ReferenceEngine())
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('clock')
  conf.setAll({ 'spark.streaming.receiver.writeAheadLog.enable': true, 'spark.log.level': 'OFF' })
  try {
    return new SparkContext(conf)
  } finally {
    putBack()
  }
}

/** One run of the program: what it put out for each batch, in the order in which that happened. */
async function open(sparkContext: SparkContext, clock: ManualClock) {
  const source = new Source()
  const out: { readonly timeMs: number; readonly records: readonly string[] }[] = []
  const ssc = await StreamingContext.getOrCreate('memory:///checkpoint', () => {
    const made = new StreamingContext(sparkContext, Milliseconds(batchMs), { clock })
    made.checkpoint('memory:///checkpoint')
    made.receiverStream(source, { thread: 'main' }).foreachRDD(async (rdd, time) => {
      out.push({ timeMs: time.milliseconds, records: await rdd.collect() })
    })
    return made
  })
  ssc.start()
  await source.started.promise
  await untilIdle(ssc)
  return { ssc, source, out }
}

test('however the clock jumps and the program restarts, every stored record is in one batch, and no batch time is left out or doubled', async () => {
  const sparkContext = newSparkContext()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
      const store = new MemoryFileSystem()
      const undo = registerFileSystem('memory', () => store)
      const clock = new ManualClock(100 * hourMs + 1234)
      const stored: string[] = []
      const runs = [await open(sparkContext, clock)]
      for (const next of steps) {
        const run = runs.at(-1)!
        if (next === 'store') {
          stored.push(`record ${stored.length}`)
          await run.source.store(stored.slice(-1))
        } else if (next === 'restart') {
          await run.ssc.stop(false)
          runs.push(await open(sparkContext, clock))
        } else if ('passMs' in next) clock.advance(next.passMs)
        else clock.jump(next.jumpMs)
        await untilIdle(runs.at(-1)!.ssc)
      }
      const last = runs.at(-1)!
      clock.setTo(last.ssc.run!.nextBatchMs)
      await untilIdle(last.ssc)
      await last.ssc.stop(false)
      undo()
      checkTimes(runs.map(({ out }) => out.map(({ timeMs }) => timeMs)))
      checkRecords(
        runs.flatMap(({ out }) => out),
        stored,
      )
    }),
    { numRuns: 60 },
  )
  await sparkContext.stop()
})

function checkTimes(runs: readonly (readonly number[])[]): void {
  for (const times of runs) assert.equal(new Set(times).size, times.length, 'a batch twice in one run')
  const all = [...new Set(runs.flat())].sort((a, b) => a - b)
  for (const [i, timeMs] of all.entries())
    assert.equal(timeMs, Math.ceil((100 * hourMs + 1235) / batchMs + i) * batchMs)
}

function checkRecords(
  out: readonly { readonly timeMs: number; readonly records: readonly string[] }[],
  stored: readonly string[],
): void {
  const byTime = new Map<number, readonly string[]>()
  for (const { timeMs, records } of out) {
    assert.deepEqual(records, byTime.get(timeMs) ?? records, 'a batch that is run again has what it had')
    byTime.set(timeMs, records)
  }
  assert.deepEqual([...byTime].sort(([a], [b]) => a - b).flatMap(([, records]) => records), stored) // prettier-ignore
}

test('a graceful stop has its whole time, and no more, though the clock jumps while it lasts', async () => {
  for (const jumpMs of [-hourMs, hourMs]) {
    const { ssc, clock, close } = streamingTest({ conf: { 'spark.streaming.gracefulStopTimeout': '20s' } })
    ssc.sparkContext.setLogLevel('OFF')
    ssc.receiverStream(new Source(), { thread: 'main' }).foreachRDD(() => new Promise(() => {}))
    ssc.start()
    clock.advance(1000)
    let stopped = false
    const stop = ssc.stop(false, true).then(() => (stopped = true))
    await turns()
    clock.jump(jumpMs)
    clock.advance(19_000)
    await turns()
    assert.equal(stopped, false, 'a jump is no time')
    // The deadline, then what is left to operations that are cut short.
    for (let second = 0; second < 10 && !stopped; second++) {
      clock.advance(1000)
      await turns()
    }
    assert.equal(stopped, true, 'the deadline holds')
    await stop
    await close()
  }
})

async function turns(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve()
}

test('a change to daylight saving time, or back, is nothing to batch times, their headers and the files of a directory', async () => {
  const zone = process.env['TZ']
  process.env['TZ'] = 'America/New_York'
  try {
    for (const change of ['2025-03-09T07:00:00Z', '2025-11-02T06:00:00Z']) {
      const changeMs = Date.parse(change)
      assert.notEqual(
        new Date(changeMs - 1).getTimezoneOffset(),
        new Date(changeMs).getTimezoneOffset(),
        'the clock changes there',
      )
      const { ssc, clock, printed, close } = streamingTest({ batch: Minutes(30), startMs: changeMs - 90 * 60_000 })
      const directory = mkdtempSync(join(tmpdir(), 'dstream-dst-'))
      for (const minutes of [-10, 10, 40]) {
        const path = join(directory, `modified at ${minutes}`)
        writeFileSync(path, `${minutes}\n`)
        utimesSync(path, new Date(changeMs + minutes * 60_000), new Date(changeMs + minutes * 60_000))
      }
      const lines = collectBatches(ssc.textFileStream(directory))
      ssc.receiverStream(new Source(), { thread: 'main' }).count().print()
      ssc.start()
      clock.setTo(changeMs + 90 * 60_000)
      await untilIdle(ssc)
      const minutesOf = (timeMs: number): number => (timeMs - changeMs) / 60_000
      const times = [...printed().matchAll(/^Time: (\d+) ms$/gm)].map(([, ms]) => minutesOf(Number(ms)))
      assert.deepEqual(times, [-60, -30, 0, 30, 60, 90])
      const taken = lines.flatMap(({ timeMs, records }) => records.map(line => [minutesOf(timeMs), line]))
      assert.deepEqual(taken, [[0, '-10'], [30, '10'], [60, '40']]) // prettier-ignore
      rmSync(directory, { recursive: true })
      await close()
    }
  } finally {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})

test('however the clock jumps, no file is taken twice, and none is left out but those too old for the first batch that could have it', async () => {
  const move = fc.oneof(
    fc.record({ passMs: fc.integer({ min: 0, max: 2 * batchMs }) }),
    fc.record({ jumpMs: fc.constantFrom(-hourMs, hourMs, -batchMs / 3, 200, -200) }),
    fc.constant('file' as const),
  )
  const startMs = Date.parse('2026-01-01T00:00:00Z')
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 25 }), async moves => {
      const { ssc, clock, close } = streamingTest({ batch: Milliseconds(batchMs), startMs })
      ssc.sparkContext.setLogLevel('OFF')
      const directory = mkdtempSync(join(tmpdir(), 'dstream-jumps-'))
      const batches = collectBatches(ssc.textFileStream(directory))
      ssc.start()
      await untilIdle(ssc)
      const files: { readonly name: string; readonly modifiedMs: number; readonly before: number }[] = []
      for (const next of moves) {
        if (next === 'file') {
          const name = `file ${files.length}`
          writeFileSync(join(directory, name), `${name}\n`)
          utimesSync(join(directory, name), clock.now() / 1000, clock.now() / 1000)
          files.push({ name, modifiedMs: clock.now(), before: batches.length })
        } else if ('passMs' in next) clock.advance(next.passMs)
        else clock.jump(next.jumpMs)
        await untilIdle(ssc)
      }
      clock.setTo(Math.max(clock.now(), ssc.run!.nextBatchMs))
      await untilIdle(ssc)
      for (const { name, modifiedMs, before } of files) {
        const could = batches.slice(before).find(({ timeMs }) => timeMs >= modifiedMs)
        const isNew = could !== undefined && modifiedMs > Math.max(startMs, could.timeMs - batchMs)
        const took = batches.filter(({ records }) => records.includes(name)).map(({ timeMs }) => timeMs)
        assert.deepEqual(took, isNew ? [could.timeMs] : [], name)
      }
      await close()
      rmSync(directory, { recursive: true })
    }),
    { numRuns: 60 },
  )
})
