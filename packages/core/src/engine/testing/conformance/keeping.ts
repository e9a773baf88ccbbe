import assert from 'node:assert/strict'
import fs from 'node:fs'
import { StorageLevel } from '../../../rdd/storage-level.ts'
import type { RDD } from '../../../rdd/rdd.ts'
import type { TestContext } from '../test-context.ts'
import { linesIn, type Facts } from './suite.ts'

/** Numbers that leave a line in a file each time one is computed. */
const counted = (context: TestContext, file: string): RDD<number> =>
  context.parallelize([1, 2, 3], 2).map(n => {
    fs.appendFileSync(file, 'x\n')
    return n * 10
  })

/** Persisted partitions, outputs of shuffles, and letting go of both. */
export const keepingFacts: Facts = {
  'what is not persisted is computed each time': async ({ context, file }) => {
    const log = file()
    const rdd = counted(context, log)
    await rdd.collect()
    await rdd.collect()
    assert.equal(linesIn(log).length, 6)
  },
  'what is persisted is computed once, at every level': async ({ context, file }) => {
    for (const level of Object.values(StorageLevel)) {
      if (level === StorageLevel.NONE) continue
      const log = file()
      const rdd = counted(context, log).persist(level)
      const derived = rdd.map(n => n + 1)
      assert.deepEqual(await rdd.collect(), [10, 20, 30], level.name)
      assert.deepEqual(await derived.collect(), [11, 21, 31], level.name)
      assert.equal(await rdd.count(), 3)
      assert.equal(linesIn(log).length, 3, level.name)
    }
  },
  'take keeps the partitions that it has looked at, whole': async ({ context, file }) => {
    const log = file()
    const rdd = context.partitions([[1, 2, 3], [4]]).map(n => {
      fs.appendFileSync(log, 'x\n')
      return n
    }).persist() // prettier-ignore
    assert.deepEqual(await rdd.take(1), [1])
    assert.deepEqual(await rdd.collect(), [1, 2, 3, 4])
    assert.equal(linesIn(log).length, 4)
  },
  'changing the records of a kept partition changes nothing for the next job': async ({ context }) => {
    const lists = context.parallelize([1, 2], 1).map(n => [n]).persist(StorageLevel.MEMORY_ONLY_SER) // prettier-ignore
    await lists.count()
    await lists.map(list => list.push(9)).collect()
    assert.deepEqual(await lists.collect(), [[1], [2]])
  },
  'after unpersist it is computed again': async ({ context, file }) => {
    const log = file()
    const rdd = counted(context, log).persist()
    await rdd.collect()
    rdd.unpersist()
    assert.deepEqual(await rdd.collect(), [10, 20, 30])
    assert.equal(linesIn(log).length, 6)
  },
  'the output of a shuffle serves the jobs that follow': async ({ context, file }) => {
    const log = file()
    const reduced = counted(context, log).map(n => [n, 1]).reduceByKey((a, b) => a + b, 2) // prettier-ignore
    assert.equal(await reduced.count(), 3)
    assert.equal(await reduced.keys().sum(), 60)
    assert.equal(linesIn(log).length, 3)
  },
  'a released shuffle is computed again': async ({ context, file }) => {
    const log = file()
    const reduced = counted(context, log).map(n => [n, 1]).reduceByKey((a, b) => a + b, 2) // prettier-ignore
    await reduced.count()
    context.engine.release([reduced.node.id, 999_999])
    assert.equal(await reduced.count(), 3)
    assert.equal(linesIn(log).length, 6)
  },
  'what lies behind a kept node is not computed': async ({ context, file }) => {
    const log = file()
    const kept = counted(context, log).map(n => [n, 1]).reduceByKey((a, b) => a + b, 2).mapValues(n => n).persist() // prettier-ignore
    await kept.count()
    const shuffle = kept.node.parents[0]!
    context.engine.release([shuffle.id])
    assert.equal(await kept.count(), 3)
    assert.equal(linesIn(log).length, 3)
  },
  'a local checkpoint keeps a dataset on a level with a disk part': async ({ context, file }) => {
    const log = file()
    const rdd = counted(context, log)
    assert.equal(rdd.localCheckpoint().getStorageLevel(), StorageLevel.MEMORY_AND_DISK)
    assert.equal(await rdd.count(), 3)
    assert.deepEqual(await rdd.map(n => n + 1).collect(), [11, 21, 31])
    assert.equal(linesIn(log).length, 3)
    const bytes = context.parallelize([1]).persist(StorageLevel.MEMORY_ONLY_SER).localCheckpoint()
    assert.equal(bytes.getStorageLevel(), StorageLevel.MEMORY_AND_DISK_SER)
  },
  'events tell what is kept and what is let go': async ({ fresh, file }) => {
    const context = await fresh()
    const told: string[] = []
    context.engine.subscribe(event => {
      if (event.type === 'partitionKept')
        told.push(`${event.partition} ${event.level} ${event.memoryBytes > 0 && event.diskBytes === 0}`)
      if (event.type === 'partitionEvicted') told.push(`${event.partition} ${event.reason}`)
    })
    const rdd = counted(context, file()).persist(StorageLevel.MEMORY_ONLY_SER)
    await rdd.count()
    await rdd.count()
    assert.deepEqual(told.toSorted(), ['0 MEMORY_ONLY_SER true', '1 MEMORY_ONLY_SER true'])
    rdd.unpersist()
    assert.deepEqual(told.slice(2).toSorted(), ['0 released', '1 released'])
  },
  'data that is released while a job uses it stays for that job': async ({ context }) => {
    const reduced = context.parallelize([1, 2, 3, 4], 4).map(n => [n % 2, n]).reduceByKey((a, b) => a + b, 2).persist() // prettier-ignore
    const job = reduced.values().sum()
    context.engine.release([reduced.node.id])
    assert.equal(await job, 10)
  },
}
