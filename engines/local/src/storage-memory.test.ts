import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { StorageLevel } from '@dstream/core'
import type { EngineEvent } from '@dstream/core/engine'
import { TestContext } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'
import type { LocalEngineOptions } from './local-engine.ts'

const root = mkdtempSync(join(tmpdir(), 'dstream-storage-'))
const engines: LocalEngine[] = []
after(async () => {
  await Promise.all(engines.map(engine => engine.close()))
  assert.deepEqual(readdirSync(root, { recursive: true }).filter(name => String(name).includes('block-')), []) // prettier-ignore
  rmSync(root, { recursive: true })
})

let folders = 0
function start(options: Partial<LocalEngineOptions> = {}) {
  const directory = join(root, `engine-${folders++}`)
  const engine = new LocalEngine({
    threads: 2,
    maxFailures: 1,
    maxWorkerDeaths: 4,
    recordErrors: 'fail',
    shuffleMemoryBytes: 2 ** 28,
    storageMemoryBytes: 100_000,
    directory,
    ...options,
  })
  engines.push(engine)
  const events: EngineEvent[] = []
  engine.subscribe(event => events.push(event))
  const reasons = (): string[] => events.flatMap(event => (event.type === 'partitionEvicted' ? [event.reason] : []))
  /** Resolves when so many partitions have gone to disk. */
  const spilled = (n: number): Promise<void> =>
    new Promise(resolve => {
      const look = (): void => {
        if (reasons().filter(reason => reason === 'spilled').length >= n) resolve()
      }
      engine.subscribe(look)
      look()
    })
  const blocks = (): string[] =>
    readdirSync(directory, { recursive: true })
      .map(name => join(directory, String(name)))
      .filter(name => name.includes('block-'))
  return { context: new TestContext(engine), events, reasons, spilled, blocks }
}

/** Some 64,000 bytes of numbers in two partitions, with a line in a file for each partition that is computed. */
function numbers(context: TestContext, log: string) {
  return context.parallelize([0, 1], 2).mapPartitions(function* (parts) {
    for (const part of parts) {
      appendFileSync(log, 'x\n')
      for (let i = 0; i < 2000; i++) yield part + i + 0.5
    }
  })
}

let logs = 0
const newLog = (): string => {
  const file = join(root, `log-${logs++}`)
  writeFileSync(file, '')
  return file
}
const computed = (log: string): number => readFileSync(log, 'utf8').length / 2
const sumOf = 2 * (1000 * 1999) + 2000 + 2000

test('beyond the bound the dataset that was not used for longest is dropped, and computed again when asked for', async () => {
  const { context, reasons } = start()
  const [first, second] = [newLog(), newLog()]
  const [a, b] = [numbers(context, first).persist(), numbers(context, second).persist()]
  for (const rdd of [a, b, b, a]) assert.equal(await rdd.sum(), sumOf)
  assert.ok(reasons().length > 0 && reasons().every(reason => reason === 'dropped'))
  assert.equal(computed(second), 2)
  assert.ok(computed(first) > 2)
})

test('a level with a disk part goes to a file and comes back from it, live records and bytes', async () => {
  for (const level of [StorageLevel.MEMORY_AND_DISK, StorageLevel.MEMORY_AND_DISK_SER]) {
    const { context, reasons, spilled, blocks } = start({ storageMemoryBytes: 10 })
    const log = newLog()
    const rdd = numbers(context, log).persist(level)
    assert.equal(await rdd.sum(), sumOf)
    await spilled(2)
    assert.deepEqual([reasons(), blocks().length], [['spilled', 'spilled'], 2])
    assert.equal(await rdd.sum(), sumOf)
    assert.equal(computed(log), 2, level.name)
  }
})

test('a kept partition whose file was changed or is gone is computed again', async () => {
  const { context, reasons, blocks } = start()
  const log = newLog()
  const rdd = numbers(context, log).persist(StorageLevel.DISK_ONLY)
  assert.equal(await rdd.sum(), sumOf)
  const [changed, gone] = blocks()
  const bytes = readFileSync(changed!)
  bytes[500]! ^= 1
  writeFileSync(changed!, bytes)
  rmSync(gone!)
  assert.equal(await rdd.sum(), sumOf)
  assert.deepEqual([computed(log), reasons()], [4, ['lost', 'lost']])
  assert.equal(await rdd.sum(), sumOf)
  assert.equal(computed(log), 4)
})

test('a shuffle whose file was changed is computed again', async () => {
  const { context, blocks } = start({ shuffleMemoryBytes: -1 })
  const log = newLog()
  const counts = numbers(context, log).map(n => [n % 2, 1]).reduceByKey((a, b) => a + b, 2) // prettier-ignore
  const expected = new Map(await counts.collect())
  for (const file of blocks()) {
    const bytes = readFileSync(file)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(file, bytes)
  }
  assert.deepEqual(new Map(await counts.collect()), expected)
  assert.equal(computed(log), 4)
})

test('compressed, everything is smaller and the same', async () => {
  const sizes: number[] = []
  for (const compress of [false, true]) {
    const { context, events } = start({
      compressKept: compress,
      compressShuffle: compress,
      storageMemoryBytes: 2 ** 28,
    })
    const words = context.parallelize(Array.from({ length: 4000 }, (_, i) => `word ${i % 50}`), 2) // prettier-ignore
    const kept = words.map(word => [word, 1]).persist(StorageLevel.MEMORY_ONLY_SER) // prettier-ignore
    assert.equal(await kept.count(), 4000)
    const counts = kept.groupByKey(2).mapValues(ones => ones.length)
    assert.deepEqual(new Map(await counts.collect()), new Map(Array.from({ length: 50 }, (_, i) => [`word ${i}`, 80])))
    sizes.push(
      events.reduce((sum, event) => sum + (event.type === 'partitionKept' ? event.memoryBytes : 0), 0),
      events.reduce(
        (sum, event) => sum + (event.type === 'taskEnded' ? (event.metrics?.shuffleWriteBytes ?? 0) : 0),
        0,
      ),
    )
  }
  const [kept, shuffled, packedKept, packedShuffled] = sizes as [number, number, number, number]
  assert.ok(packedKept < kept / 3, `${packedKept} of ${kept}`)
  assert.ok(packedShuffled < shuffled / 3, `${packedShuffled} of ${shuffled}`)
})

test('with a key nothing on disk can be read, and all of it is read again', async () => {
  const words = ['plainly', 'readable', 'plainly']
  const run = async (options: Partial<LocalEngineOptions>): Promise<string> => {
    const { context, blocks } = start({ shuffleMemoryBytes: -1, ...options })
    const kept = context.parallelize(words, 2).persist(StorageLevel.DISK_ONLY)
    await kept.count()
    let found = ''
    const counts = kept.map(word => [word, 1] as const).reduceByKey((a, b) => a + b)
    assert.deepEqual((await counts.collect()).sort(), [['plainly', 2], ['readable', 1]]) // prettier-ignore
    assert.deepEqual((await kept.collect()).sort(), words.toSorted())
    for (const path of blocks()) found += readFileSync(path, 'latin1')
    return found
  }
  assert.match(await run({}), /readable/)
  assert.doesNotMatch(await run({ spillKeyBits: 128 }), /plainly|readable/)
})
