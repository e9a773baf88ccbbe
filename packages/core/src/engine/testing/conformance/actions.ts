import assert from 'node:assert/strict'
import { builtin, capture, registerCodec } from '../../../closures/index.ts'
import type { Action } from '../../../rdd/plan/action.ts'
import type { RddNode } from '../../../rdd/plan/node.ts'
import { StorageLevel } from '../../../rdd/storage-level.ts'
import type { TestContext } from '../test-context.ts'
import { TaskContext } from '../../task-context.ts'
import { linesIn, type Facts } from './suite.ts'
import fs from 'node:fs'

/** Runs a job on the engine itself and lists what it delivers, in the order of delivery. */
async function delivered(
  context: TestContext,
  target: RddNode,
  action: Action,
  partitions: readonly number[],
): Promise<[number, unknown][]> {
  const results: [number, unknown][] = []
  const job = {
    id: ++context.lastJobId,
    target,
    action,
    partitions,
    kept: new Map(),
    origin: { action: 'test', site: 'test' },
  }
  await context.engine.run(job, (partition, result) => results.push([partition, result]))
  return results.sort(([a], [b]) => a - b)
}

/** Collect, take, count and functions over partitions. */
export const actionFacts: Facts = {
  'each asked partition is delivered exactly once, no other': async ({ context }) => {
    const { node } = context.partitions([['a'], ['b', 'c'], [], ['d']])
    assert.deepEqual(await delivered(context, node, { kind: 'collect' }, [3, 1]), [[1, ['b', 'c']], [3, ['d']]]) // prettier-ignore
    assert.deepEqual(await delivered(context, node, { kind: 'count' }, [0, 1, 2, 3]), [[0, 1], [1, 2], [2, 0], [3, 1]]) // prettier-ignore
    assert.deepEqual(await delivered(context, node, { kind: 'count' }, []), [])
  },
  'take gives the first records of each partition': async ({ context }) => {
    const { node } = context.partitions([[1, 2, 3], [4], []])
    assert.deepEqual(await delivered(context, node, { kind: 'take', limit: 2 }, [0, 1, 2]), [[0, [1, 2]], [1, [4]], [2, []]]) // prettier-ignore
  },
  'take computes no record beyond those it gives': async ({ context }) => {
    const careful = context.parallelize([1, 2, -3, 4], 1).map(n => {
      if (n < 0) throw new Error('computed too much')
      return n
    })
    assert.deepEqual(await careful.take(2), [1, 2])
    assert.deepEqual(await careful.flatMap(n => [n, n]).take(3), [1, 1, 2])
  },
  'take and first look at no more partitions than they need': async ({ context, file }) => {
    const log = file()
    const seen = context.parallelize([1, 2, 3, 4, 5, 6], 6).map(n => {
      fs.appendFileSync(log, 'x\n')
      return n
    })
    assert.equal(await seen.first(), 1)
    assert.equal(linesIn(log).length, 1)
  },
  'a function over partitions gives what it returns; async ones are awaited': async ({ context }) => {
    const { node } = context.partitions([[1, 2], [3]])
    const sum = capture((records: Iterable<number>, i: number) => [i, [...records].reduce((a, b) => a + b, 0)], { operator: 'test', async: 'allowed' }) // prettier-ignore
    const later = capture(async (records: Iterable<number>) => [...records].length, {
      operator: 'test',
      async: 'allowed',
    })
    assert.deepEqual(await delivered(context, node, { kind: 'run', f: sum, async: false }, [0, 1]), [[0, [0, 3]], [1, [1, 3]]]) // prettier-ignore
    assert.deepEqual(await delivered(context, node, { kind: 'run', f: later, async: true }, [0, 1]), [[0, 2], [1, 1]]) // prettier-ignore
    assert.deepEqual(await delivered(context, node, { kind: 'run', f: builtin('keepFirst', []), async: false }, []), [])
  },
  'results keep their types': async ({ context }) => {
    const values = [undefined, null, NaN, -0, 5n, new Date(3), [1, [2]], { a: new Set([1]) }, 'é😀', '\ud800']
    assert.deepEqual(await context.parallelize(values, 3).collect(), values)
    assert.deepEqual(
      await context
        .parallelize([1], 1)
        .map(() => undefined)
        .collect(),
      [undefined],
    )
  },
  'a class with a codec travels by it: out, between tasks and back': async ({ context }) => {
    class Money {
      readonly cents: number
      /** What only the place where it was made knows. */
      readonly notes: string[] = []
      constructor(cents: number) {
        this.cents = cents
      }
    }
    registerCodec(Money, { encode: money => money.cents, decode: cents => new Money(cents) })
    const tip = Object.assign(new Money(10), { notes: ['of the driver'] })
    const made = context
      .parallelize([1, 2, 3, 4], 2)
      .map(n => [n % 2, new Money(n * 100 + tip.cents + tip.notes.length)])
    made.persist(StorageLevel.MEMORY_ONLY_SER)
    assert.equal(await made.count(), 4)
    const sums = made.reduceByKey((a, b) => new Money(a.cents + b.cents), 2)
    const back = await sums.values().collect()
    assert.deepEqual(back.map(money => money.cents).toSorted(), [420, 620])
    assert.ok(back.every(money => money instanceof Money && money.notes.length === 0))
  },
  'a function knows its task': async ({ context }) => {
    const rdd = context.parallelize(['a', 'b', 'c'], 3)
    const contexts = await rdd.map(() => TaskContext.get()).map(task => [task?.partitionId, task?.attemptNumber, typeof task?.stageId]).collect() // prettier-ignore
    assert.deepEqual(contexts, [[0, 0, 'number'], [1, 0, 'number'], [2, 0, 'number']]) // prettier-ignore
    const ids = await rdd.map(() => TaskContext.get()!.taskAttemptId).collect()
    assert.equal(new Set(ids).size, 3)
    const later = rdd.mapPartitions(async records => {
      await Promise.resolve()
      return [[TaskContext.getPartitionId(), ...records]]
    })
    assert.deepEqual(await later.collect(), [[0, 'a'], [1, 'b'], [2, 'c']]) // prettier-ignore
    assert.equal(TaskContext.get(), undefined)
  },
  'jobs that run at the same time do not disturb each other': async ({ context }) => {
    const jobs = Array.from(
      { length: 8 },
      (_, k) =>
      context.parallelize([1, 2, 3, 4], 2).map(n => [n % 2, n * k]).reduceByKey((a, b) => a + b, 2).values().sum(), // prettier-ignore
    )
    assert.deepEqual(await Promise.all(jobs), [0, 10, 20, 30, 40, 50, 60, 70])
  },
  'jobs that share an unfinished shuffle both get it': async ({ context }) => {
    const shared = context
      .parallelize([1, 2, 3, 4], 4)
      .map(n => [n % 2, n])
      .reduceByKey((a, b) => a + b, 2)
    const [a, b] = await Promise.all([shared.values().sum(), shared.count()])
    assert.deepEqual([a, b], [10, 2])
  },
}
