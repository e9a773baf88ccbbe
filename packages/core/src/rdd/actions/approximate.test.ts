import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { TestContext } from '../../engine/testing/test-context.ts'
import type { JobRunner } from '../context.ts'
import type { RDD } from '../rdd.ts'
import { poissonQuantile, normalQuantile, studentQuantile } from '../approximate/quantiles.ts'

/** A context whose jobs tell two results and keep the others back until they are let go. */
class SlowContext extends TestContext {
  readonly #held = Promise.withResolvers<void>()

  release(): void {
    this.#held.resolve()
  }

  override act<R>(name: string, body: (jobs: JobRunner) => Promise<R>): Promise<R> {
    return super.act(name, jobs =>
      body({
        run: async (target, action, partitions, onResult) => {
          let told = 0
          const kept: [number, unknown][] = []
          await jobs.run(target, action, partitions, (partition, result) => {
            if (told++ < 2) onResult(partition, result)
            else kept.push([partition, result])
          })
          this.clock.advance(1000)
          await this.#held.promise
          for (const [partition, result] of kept) onResult(partition, result)
        },
      }),
    )
  }
}

const slow = (): { context: SlowContext; rdd: RDD<number> } => {
  const context = new SlowContext(new ReferenceEngine())
  return { context, rdd: context.partitions([[1, 2, 3], [4, 5], [6], [7, 8, 9, 10]]) }
}

test('in time, the count is exact', async () => {
  const context = new TestContext(new ReferenceEngine())
  const result = await context.partitions([[1, 2], [3]]).countApprox(1000)
  assert.ok(result.isInitialValueFinal)
  assert.deepEqual({ ...result.initialValue }, { mean: 3, confidence: 1, low: 3, high: 3 })
  assert.equal(String(result), '(final: [3.000, 3.000])')
  assert.equal((await context.partitions([]).countApprox(0)).initialValue.mean, 0)
})

test('when the time is over, the count is estimated from the partitions that have ended; the exact one comes later', async () => {
  const { context, rdd } = slow()
  const result = await rdd.countApprox(500, 0.9)
  assert.ok(!result.isInitialValueFinal)
  const { mean, confidence, low, high } = result.initialValue
  assert.equal(mean, 10) // 5 of 2 partitions, so 10 of 4
  assert.equal(confidence, 0.9)
  assert.deepEqual([low, high], [5 + poissonQuantile(0.05, 5), 5 + poissonQuantile(0.95, 5)])
  context.release()
  assert.equal((await result.getFinalValue()).mean, 10)
  assert.equal((await result.map(bounds => bounds.high).getFinalValue()) as number, 10)
})

test('mean and sum have bounds around what is known', async () => {
  const { context, rdd } = slow()
  const [mean, sum] = [await rdd.meanApprox(500), await rdd.sumApprox(500)]
  assert.equal(mean.initialValue.mean, 3)
  assert.ok(mean.initialValue.low < 3 && mean.initialValue.high > 3)
  assert.equal(sum.initialValue.mean, 30)
  assert.ok(sum.initialValue.low < 30 && sum.initialValue.high > 30)
  context.release()
  assert.equal((await mean.getFinalValue()).mean, 5.5)
  assert.equal((await sum.getFinalValue()).low, 55)
})

test('by key and by value: keys that were seen', async () => {
  const { context, rdd } = slow()
  const byKey = await rdd.map(n => [n % 2, n]).countByKeyApprox(500)
  assert.deepEqual([...byKey.initialValue].map(([key, { mean }]) => [key, mean]).sort(), [[0, 4], [1, 6]]) // prettier-ignore
  const byValue = await rdd.map(n => n > 2).countByValueApprox(500)
  context.release()
  assert.equal((await byValue.getFinalValue()).get(true)?.mean, 8)
})

test('a job that fails in time fails the action; later, only the final value', async () => {
  const context = new TestContext(new ReferenceEngine())
  const failing = context.partitions([[1]]).map(() => {
    throw new Error('of the user')
  })
  await assert.rejects(failing.countApprox(1000), /of the user/)
  await assert.rejects(context.partitions([[1]]).countApprox(1000, 1.5), { code: 'APPROX_CONFIDENCE' })
})

test('quantiles are those of the tables', () => {
  const close = (found: number, wanted: number) => assert.ok(Math.abs(found - wanted) < 1e-3, `${found} ${wanted}`)
  close(normalQuantile(0.975), 1.959964)
  close(normalQuantile(0.001), -3.090232)
  close(normalQuantile(0.5), 0)
  for (const [degrees, wanted] of [
    [1, 12.7062],
    [2, 4.30265],
    [5, 2.57058],
    [10, 2.22814],
    [100, 1.98397],
  ] as const)
    // prettier-ignore
    close(studentQuantile(0.975, degrees), wanted)
  close(studentQuantile(0.025, 3), -3.18245)
  assert.deepEqual([0.025, 0.5, 0.975].map(p => poissonQuantile(p, 10)), [4, 10, 17]) // prettier-ignore
  assert.deepEqual([0.025, 0.975].map(p => poissonQuantile(p, 10_000)), [9804, 10_196]) // prettier-ignore
  assert.equal(poissonQuantile(0.9, 0), 0)
})
