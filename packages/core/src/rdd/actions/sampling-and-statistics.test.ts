import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, context, law, numbers } from '../operators/operator-laws.test.ts'

law('takeSample draws as many as asked, none twice; the same seed, the same', numbers, async ({ rdd, records }) => {
  const indexed = rdd.zipWithIndex()
  for (const count of [0, 1, 3, 100]) {
    const drawn = await indexed.takeSample(false, count, 5)
    assert.equal(drawn.length, Math.min(count, records.length))
    assert.equal(new Set(drawn.map(([, index]) => index)).size, drawn.length)
    for (const [n, index] of drawn) assert.equal(records[index], n)
    assert.deepEqual(await indexed.takeSample(false, count, 5), drawn)
    const again = await rdd.takeSample(true, count, 5)
    assert.equal(again.length, records.length === 0 ? 0 : count)
  }
  assert.deepEqual(bag(await rdd.takeSample(false, 1000, 1)), bag(records))
})

test('takeSample draws every record as often as any other, and in any order', async () => {
  const rdd = context.partitions([[0, 1], [], [2, 3]])
  const firsts = [0, 0, 0, 0]
  for (let seed = 0; seed < 400; seed++) firsts[(await rdd.takeSample(false, 2, seed))[0]!]! += 1
  for (const n of firsts) assert.ok(n > 65 && n < 135, String(firsts))
  await assert.rejects(rdd.takeSample(false, -1), { code: 'SAMPLE_SIZE', message: /Negative number of elements/ })
})

law('toLocalIterator gives all records, a job for each partition', numbers, async ({ rdd, records, partitions }) => {
  const before = context.lastJobId
  assert.deepEqual(await Array.fromAsync(rdd.toLocalIterator()), records)
  assert.equal(context.lastJobId - before, partitions.length)
})

test('toLocalIterator runs no job that nobody waits for', async () => {
  const before = context.lastJobId
  for await (const n of context.partitions([[1], [2], [3]]).toLocalIterator()) if (n === 2) break
  assert.equal(context.lastJobId - before, 2)
})

law('variances and deviations', numbers, async ({ rdd, records }) => {
  const mean = records.reduce((a, b) => a + b, 0) / records.length
  const squares = records.reduce((sum, n) => sum + (n - mean) ** 2, 0)
  const close = (found: number, wanted: number) =>
    assert.ok(Number.isNaN(wanted) ? Number.isNaN(found) : Math.abs(found - wanted) < 1e-9, `${found} ${wanted}`)
  close(await rdd.variance(), squares / records.length)
  close(await rdd.popVariance(), squares / records.length)
  close(await rdd.stdev(), Math.sqrt(squares / records.length))
  close(await rdd.popStdev(), Math.sqrt(squares / records.length))
  const fewer = records.length > 1 ? records.length - 1 : NaN
  close(await rdd.sampleVariance(), squares / fewer)
  close(await rdd.sampleStdev(), Math.sqrt(squares / fewer))
})

test('histograms by number of buckets and by bounds', async () => {
  const rdd = context.partitions([[1, 2], [], [3, 50]])
  assert.deepEqual(await rdd.histogram(2), [[1, 25.5, 50], [3, 1]]) // prettier-ignore
  assert.deepEqual(await rdd.histogram([0, 2, 10]), [1, 2])
  assert.deepEqual(await rdd.histogram([0, 25, 50], true), [3, 1])
  assert.deepEqual(await rdd.histogram([-Infinity, 3, Infinity]), [2, 2])
  await assert.rejects(context.partitions<number>([[]]).histogram(2), { code: 'HISTOGRAM_RANGE' })
  await assert.rejects(rdd.histogram([1]), { code: 'HISTOGRAM_BUCKETS' })
})

test('countApproxDistinct counts by content, about right', async () => {
  const rdd = context.parallelize(Array.from({ length: 9000 }, (_, i) => [i % 3000, 'x']), 3) // prettier-ignore
  const count = await rdd.countApproxDistinct(0.02)
  assert.ok(Math.abs(count / 3000 - 1) < 0.06, String(count))
  assert.equal(await context.partitions([[]]).countApproxDistinct(), 0)
  await assert.rejects(rdd.countApproxDistinct(0), { code: 'APPROX_ACCURACY' })
})
