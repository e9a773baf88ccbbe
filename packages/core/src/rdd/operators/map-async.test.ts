import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtinFactory } from '../../closures/builtins.ts'
import { context, law, numbers } from './operator-laws.test.ts'

law('is map, awaited', numbers, async ({ rdd, partitions }) => {
  const doubled = rdd.mapAsync(async n => n * 2, { concurrency: 3 })
  assert.deepEqual(await doubled.collect(), partitions.flat().map(n => n * 2)) // prettier-ignore
})

/** A function whose calls end when others have begun; it gives how many were under way at most. */
const busiest = (concurrency: number, ordered: boolean) => {
  let running = 0
  let most = 0
  return context.parallelize([5, 4, 3, 2, 1], 1).mapAsync(
    async turns => {
      most = Math.max(most, ++running)
      for (let i = 0; i < turns; i++) await Promise.resolve()
      running--
      return [turns, most]
    },
    { concurrency, ordered },
  )
}

test('no more calls than asked for are under way, and as many', async () => {
  for (const concurrency of [1, 2, 5, 9]) {
    const results = await busiest(concurrency, true).collect()
    assert.deepEqual(results.map(([turns]) => turns), [5, 4, 3, 2, 1]) // prettier-ignore
    assert.equal(Math.max(...results.map(([, most]) => most!)), Math.min(concurrency, 5))
  }
})

test('without order, results come as they are ready', async () => {
  assert.deepEqual((await busiest(5, false).keys().collect()), [1, 2, 3, 4, 5]) // prettier-ignore
})

test('after an error no call is begun, and those under way are awaited', async () => {
  const log: string[] = []
  const call = async (n: number): Promise<number> => {
    log.push(`begin ${n}`)
    if (n === 0) throw new Error('no')
    for (let i = 0; i < 9; i++) await Promise.resolve()
    log.push(`end ${n}`)
    return n
  }
  const run = builtinFactory('mapAsync')([call], [2, true]) as (records: number[]) => Promise<number[]>
  await assert.rejects(run([0, 1, 2, 3]), /no/)
  assert.deepEqual(log, ['begin 0', 'begin 1', 'end 1'])
})

test('a plain function that returns promises is awaited, too', async () => {
  const rdd = context.parallelize([1, 2], 2).mapAsync(n => Promise.resolve(n + 1))
  assert.deepEqual(await rdd.collect(), [2, 3])
})

test('records are taken from what comes before only when a call has ended', async () => {
  const rdd = context
    .parallelize([1, 2, 3], 1)
    .mapPartitions(function* (records) {
      for (const n of records) {
        if (n === 3) throw new Error('taken too early')
        yield n
      }
    })
    .mapAsync(
      async () => {
        throw new Error('the first call')
      },
      { concurrency: 1 },
    )
  await assert.rejects(rdd.collect(), /the first call/)
})

test('the number of calls at a time must be one', () => {
  for (const concurrency of [0, -1, 1.5, NaN])
    assert.throws(() => context.parallelize([1]).mapAsync(async n => n, { concurrency }), {
      code: 'MAP_ASYNC_CONCURRENCY',
    })
})
