import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RDD } from '../../rdd/rdd.ts'
import { lookInto, streamingTest, untilIdle } from '../../testing/index.ts'
import { Seconds, type Time } from '../../time/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'

const turns = async (n = 40): Promise<void> => {
  for (let i = 0; i < n; i++) await Promise.resolve()
}

/** What a simulated world does next: the clock moves on, or something that is waited for ends, well or badly. */
const deed = fc.oneof(
  fc.record({ advanceMs: fc.integer({ min: 0, max: 4000 }) }),
  fc.record({ settle: fc.nat(7), fails: fc.integer({ min: 0, max: 5 }).map(n => n === 0) }),
)

test('every batch is asked for once and in order, and put out once or told as failed, whatever happens when', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      async (deeds, concurrentJobs) => {
        const { ssc, clock, close } = streamingTest({ conf: { 'spark.streaming.concurrentJobs': concurrentJobs } })
        ssc.sparkContext.setLogLevel('OFF')
        const pending: PromiseWithResolvers<void>[] = []
        const wait = (): Promise<void> => {
          const waiting = Promise.withResolvers<void>()
          pending.push(waiting)
          return waiting.promise
        }
        const asked: number[] = []
        const failedToPlan: number[] = []
        const out: (readonly [number, number])[] = []
        class Source extends InputDStream<number> {
          override async compute(time: Time): Promise<RDD<number>> {
            asked.push(time.milliseconds)
            await wait()
            return this.context.sparkContext.parallelize([1], 1)
          }
        }
        const source = new Source(ssc)
        for (const output of [0, 1]) {
          source.foreachRDD(async (_, time) => {
            out.push([time.milliseconds, output])
            await wait()
          })
        }
        ssc.addStreamingListener({ onBatchGenerationFailed: e => void failedToPlan.push(e.batchTime.milliseconds) })
        ssc.awaitTermination().catch(() => {})
        ssc.start()
        for (const next of deeds) {
          if ('advanceMs' in next) clock.advance(next.advanceMs)
          else if (pending.length > 0) {
            const [ended] = pending.splice(next.settle % pending.length, 1)
            if (next.fails) ended!.reject(new Error('no luck'))
            else ended!.resolve()
          }
          await turns()
        }
        const idle = untilIdle(ssc)
        for (let quiet = false; !quiet; await turns()) {
          quiet = pending.length === 0
          for (const waiting of pending.splice(0)) waiting.resolve()
        }
        await idle
        const due = Array.from({ length: Math.floor(clock.now() / 1000) }, (_, i) => (i + 1) * 1000)
        assert.deepEqual(asked, due)
        const planned = due.filter(timeMs => !failedToPlan.includes(timeMs))
        assert.deepEqual(
          out,
          planned.flatMap(timeMs => [0, 1].map(output => [timeMs, output] as const)),
        )
        assert.ok(lookInto(source).generatedTimes.length <= 1)
        await close()
      },
    ),
    { numRuns: 60 },
  )
})

test('batches that jobs cannot keep up with are not planned ahead without end', async () => {
  const { ssc, clock, close } = streamingTest()
  const gate = Promise.withResolvers<void>()
  let computed = 0
  let done = 0
  class Source extends InputDStream<number> {
    override compute(): RDD<number> {
      computed++
      return this.context.sparkContext.emptyRDD()
    }
  }
  new Source(ssc).window(Seconds(2)).foreachRDD(async () => {
    await gate.promise
    done++
  })
  ssc.start()
  clock.setTo(5_000_000)
  assert.ok(computed <= 100, `${computed} batches were planned`)
  gate.resolve()
  await untilIdle(ssc)
  assert.equal(done, 5000)
  await close()
})
