import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterEach, beforeEach, test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import type { Connections, OwnTransactions, Row } from '../../rdd/index.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { StreamingContext } from '../context/streaming-context.ts'
import type { OutputFailedError } from '../jobs/output-failed-error.ts'

const checkpoint = 'memory:///checkpoint'
let root: string
let sparkContext: SparkContext
let unregister: () => void

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-once-'))
  const store = new MemoryFileSystem()
  unregister = registerFileSystem('memory', () => store)
  registerEngine('local', () => new ReferenceEngine())
  sparkContext = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('once'))
  sparkContext.setLogLevel('OFF')
})
afterEach(async () => {
  await StreamingContext.getActive()?.stop(false)
  await sparkContext.stop()
  unregister()
  fs.rmSync(root, { recursive: true, force: true })
})

const batches = [['a', 'b'], ['c'], ['d', 'e', 'f'], [], ['g'], ['h'], ['i']]

/** Runs a program from its checkpoint, or anew, up to a time, and stops it. Gives the first failure of its outputs, if there was one. */
async function run(
  build: ((input: BatchInput<string>, ssc: StreamingContext) => void) | null,
  fromMs: number,
  untilMs: number,
  partitions = 2,
): Promise<OutputFailedError[]> {
  const clock = new ManualClock(fromMs)
  const failures: OutputFailedError[] = []
  const create = (): StreamingContext => {
    const made = new StreamingContext(sparkContext, Seconds(1), { clock })
    made.checkpoint(checkpoint)
    build!(new BatchInput(made, batches, partitions), made)
    return made
  }
  const options = { sparkContext, environment: { clock } }
  const ssc = await StreamingContext.getOrCreate(checkpoint, build === null ? null : create, options)
  ssc.start()
  const failed = ssc.awaitTermination().catch((error: unknown) => void failures.push(error as OutputFailedError))
  for (let now = fromMs; now <= untilMs; now += 1000) {
    clock.setTo(now)
    await untilIdle(ssc)
  }
  await ssc.stop(false)
  await failed
  return failures
}

// ── Files ──

const namesIn = (...parts: string[]): string[] => fs.readdirSync(path.join(root, ...parts)).toSorted()
const textOf = (...parts: string[]): string => fs.readFileSync(path.join(root, ...parts), 'utf8')

test('a batch of files that is run again after a restart neither fails nor changes, whatever saves it', async () => {
  const build = (input: BatchInput<string>): void => {
    input.saveAsTextFiles(path.join(root, 'text'))
    input.saveAsObjectFiles(path.join(root, 'objects'))
    input.map(word => [word, 1] as [string, number]).saveAsHadoopFiles(path.join(root, 'pairs'))
    input.foreachRDD((rdd, time) => rdd.saveAsTextFile(path.join(root, `own-${time.milliseconds}`)))
  }
  assert.deepEqual(await run(build, 0, 3000), [])
  const before = fs.statSync(path.join(root, 'text-3000', 'part-00000'))
  // The partitions are others now: a file that were written again would be another one.
  assert.deepEqual(await run(build, 4000, 5000, 3), [])
  assert.equal(fs.statSync(path.join(root, 'text-3000', 'part-00000')).ino, before.ino)
  assert.equal(fs.statSync(path.join(root, 'text-3000', 'part-00000')).mtimeMs, before.mtimeMs)
  for (const output of ['text', 'objects', 'pairs', 'own']) {
    assert.deepEqual(namesIn(`${output}-3000`), ['_SUCCESS', 'part-00000', 'part-00001'])
    assert.deepEqual(namesIn(`${output}-5000`), ['_SUCCESS', 'part-00000', 'part-00001', 'part-00002'])
  }
  assert.equal(textOf('text-3000', 'part-00000') + textOf('text-3000', 'part-00001'), 'd\ne\nf\n')
})

test('two outputs that save to one directory are refused, as anywhere else', async () => {
  const build = (input: BatchInput<string>): void => {
    input.saveAsTextFiles(path.join(root, 'same'))
    input.map(word => word.length).saveAsTextFiles(path.join(root, 'same'))
  }
  const [failure] = await run(build, 0, 1000)
  assert.match(failure!.message, /output operation 1 .*same-1000 already exists/)
  assert.equal(textOf('same-1000', 'part-00000'), 'a\n')
})

test('a program that begins anew does not take the files of another one for its own', async () => {
  const build = (input: BatchInput<string>): void => input.saveAsTextFiles(path.join(root, 'text'))
  await run(build, 0, 1000)
  unregister()
  const empty = new MemoryFileSystem()
  unregister = registerFileSystem('memory', () => empty)
  const [failure] = await run(build, 0, 1000)
  assert.match(failure!.message, /text-1000 already exists/)
})

// ── Functions with an id ──

test('a function for each partition is told the same id when the batch is run again', async () => {
  const build = (input: BatchInput<string>): void => {
    const file = path.join(root, 'told')
    input.foreachPartition('words', (records, { batchTime, partitionId, numPartitions, uniqueId }) => {
      const told = [batchTime.milliseconds, partitionId, numPartitions, uniqueId, [...records]]
      fs.appendFileSync(file, `${JSON.stringify(told)}\n`)
    })
  }
  assert.deepEqual(await run(build, 0, 2000), [])
  assert.deepEqual(await run(null, 3000, 3000), [])
  const told = textOf('told').trim().split('\n').map(line => JSON.parse(line) as [number, number, number, string, string[]]) // prettier-ignore
  const at = (ms: number) => told.filter(([batchMs]) => batchMs === ms)
  assert.deepEqual(at(1000).map(([, partition, count, , records]) => [partition, count, records]), [[0, 2, ['a']], [1, 2, ['b']]]) // prettier-ignore
  assert.deepEqual(at(2000).slice(2), at(2000).slice(0, 2))
  const ids = told.map(([, , , id]) => id)
  assert.equal(ids.length, 8)
  assert.equal(new Set(ids).size, 6)
  for (const [batchMs, partition, , id] of told) assert.match(id, new RegExp(`^words-${batchMs}-${partition}-[-0-9a-f]{36}$`)) // prettier-ignore
})

test('an output without a name, or with that of another one, is refused where it is given', () => {
  const ssc = new StreamingContext(sparkContext, Seconds(1))
  const input = new BatchInput(ssc, batches)
  for (const name of ['', 'x'.repeat(201), undefined, 7] as string[])
    assert.throws(() => input.foreachPartition(name, () => {}), { code: 'OUTPUT_NAME' })
  input.foreachPartition('one', () => {})
  assert.throws(() => input.foreachPartition('one', () => {}), { code: 'DUPLICATE_OUTPUT' })
  const query = (): Row[] => []
  const connect = (): number => 1
  for (const database of [
    undefined,
    {},
    { query },
    { connect },
    { query, connect, table: 'a; drop table b' },
    { query, connect, keepBatches: 0 },
    { query, connect, placeholders: '%s' },
  ] as unknown as Connections<number>[]) {
    assert.throws(() => input.foreachPartitionInTransaction('two', database, () => {}), { code: 'OUTPUT_TRANSACTIONS' })
  }
})

// ── Transactions, on a real database of the process ──

/** A database in a file. What `commits` says happens instead of a commit. */
function database(
  file: string,
  options: { readonly keepBatches?: number; readonly commit?: (client: DatabaseSync) => void } = {},
): Connections<DatabaseSync> {
  return {
    connect: () => new DatabaseSync(file),
    release: client => client.close(),
    query: (client, text, values) => client.prepare(text).all(...(values as SQLInputValue[])) as Row[],
    placeholders: '?',
    ...options,
  }
}
const insert = (client: DatabaseSync, records: Iterable<string>): void => {
  for (const word of records) client.prepare('insert into words values (?)').run(word)
}
function makeWords(): string {
  const file = path.join(root, 'words.db')
  const client = new DatabaseSync(file)
  client.exec('create table words (word text)')
  client.close()
  return file
}
function select(file: string, statement: string): unknown[] {
  const client = new DatabaseSync(file)
  try {
    return client.prepare(statement).all().map(row => Object.values(row)) // prettier-ignore
  } finally {
    client.close()
  }
}
const wordsIn = (file: string): string => select(file, 'select word from words order by word').flat().join('')

test('what a batch that is run again has committed is not written twice, and the rest is', async () => {
  const file = makeWords()
  const build = (input: BatchInput<string>): void =>
    input.foreachPartitionInTransaction('words', database(file), (client, records) => insert(client, records))
  assert.deepEqual(await run(build, 0, 3000), [])
  // As if the process had died after the first of two partitions.
  const client = new DatabaseSync(file)
  client.exec(
    "delete from dstream_committed where batch_ms = 3000 and partition_id = 1; delete from words where word in ('e', 'f')",
  )
  client.close()
  assert.deepEqual(await run(build, 4000, 5000), [])
  assert.equal(wordsIn(file), 'abcdefg')
  // From the checkpoint alone, with clients and functions out of it.
  assert.deepEqual(await run(null, 7000, 7000), [])
  assert.equal(wordsIn(file), 'abcdefghi')
})

test('accumulators count a batch that is run again once, though nothing of it is written', async () => {
  const file = makeWords()
  let value = 0
  const build = (input: BatchInput<string>): void => {
    const words = sparkContext.longAccumulator('words')
    const counted = input.map(word => (words.add(1), word))
    counted.saveAsTextFiles(path.join(root, 'text'))
    counted.foreachPartitionInTransaction('words', database(file), (client, records) => insert(client, records))
    input.foreachRDD(() => void (value = words.value))
  }
  await run(build, 0, 3000)
  assert.equal(value, 12)
  await run(build, 4000, 5000)
  assert.equal(value, 14)
})

test('a client with transactions of its own does as well', async () => {
  const file = makeWords()
  const own: OwnTransactions<DatabaseSync> = {
    withTransaction: async work => {
      const client = new DatabaseSync(file)
      client.exec('begin')
      try {
        const result = await work(client)
        client.exec('commit')
        return result
      } finally {
        client.close()
      }
    },
    query: (client, text, values) => client.prepare(text).all(...(values as SQLInputValue[])) as Row[],
    placeholders: '?',
    table: 'main.done',
  }
  const build = (input: BatchInput<string>): void =>
    input.foreachPartitionInTransaction('words', own, (client, records) => insert(client, records))
  await run(build, 0, 3000)
  assert.deepEqual(await run(build, 4000, 4000), [])
  assert.equal(wordsIn(file), 'abcdef')
  assert.equal(select(file, 'select * from done').length, 8)
})

test('a function that fails leaves nothing of its partition, and the error names stream, output, batch and partition', async () => {
  const file = makeWords()
  const build = (input: BatchInput<string>): void =>
    input.foreachPartitionInTransaction('words', database(file), (client, records) => {
      for (const word of records) {
        insert(client, [word])
        if (word === 'f') throw new Error('no f')
      }
    })
  const [failure] = await run(build, 0, 5000)
  assert.equal(wordsIn(file), 'abcdg')
  assert.deepEqual([failure!.batchTimeMs, failure!.operator, failure!.partition], [3000, 'foreachPartitionInTransaction', 1]) // prettier-ignore
  assert.match(failure!.message, /^Batch 3000 ms: output operation 0 \(foreachPartitionInTransaction at .*, of BatchInput at .*Task 1 .*no f/) // prettier-ignore
  assert.deepEqual(select(file, 'select partition_id from dstream_committed where batch_ms = 3000'), [[0]])
})

test('a commit whose answer is lost counts when it was done, and fails the output when it was not', async () => {
  for (const isDone of [true, false]) {
    const file = makeWords()
    const flag = `${file}-${isDone}`
    const lost = database(file, {
      commit: client => {
        const isFirst = client.prepare('select count(*) as n from words').get()!['n'] !== 0 && !fs.existsSync(flag)
        if (!isFirst || isDone) client.exec('commit')
        if (!isFirst) return
        fs.writeFileSync(flag, '')
        throw new Error('connection lost')
      },
    })
    const build = (input: BatchInput<string>): void =>
      input.foreachPartitionInTransaction('words', lost, (client, records) => insert(client, records))
    const failures = await run(build, 0, 1000, 1)
    assert.equal(failures.length, isDone ? 0 : 1)
    assert.equal(wordsIn(file), isDone ? 'ab' : '')
    fs.rmSync(file)
    unregister()
    const empty = new MemoryFileSystem()
    unregister = registerFileSystem('memory', () => empty)
  }
})

test('batches that no restart runs again are forgotten', async () => {
  const file = makeWords()
  const build = (input: BatchInput<string>): void =>
    input.foreachPartitionInTransaction('words', database(file, { keepBatches: 3 }), (client, records) =>
      insert(client, records),
    )
  await run(build, 0, 7000)
  const kept = select(file, 'select distinct batch_ms from dstream_committed order by 1').flat()
  assert.deepEqual(kept, [4000, 5000, 6000, 7000])
})

test('a batch that was committed in part is not written in other partitions', async () => {
  const file = makeWords()
  const build = (input: BatchInput<string>): void =>
    input.foreachPartitionInTransaction('words', database(file), (client, records) => insert(client, records))
  await run(build, 0, 3000)
  const [failure] = await run(build, 4000, 5000, 3)
  assert.match(
    failure!.message,
    /The batch of 3000 ms of output words was written in 2 partitions before the restart, and now has 3/,
  )
  assert.equal(wordsIn(file), 'abcdefg')
})
