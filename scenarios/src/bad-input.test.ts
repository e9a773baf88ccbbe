import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { CustomPartitioner, Milliseconds, SparkConf, SparkContext, StorageLevel, StreamingContext } from 'dstream'
import { ManualClock, runBatches } from 'dstream/testing'

const sc = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('bad input'))
sc.setLogLevel('OFF')
const root = mkdtempSync(join(tmpdir(), 'dstream-bad-input-'))
after(async () => {
  await sc.stop()
  rmSync(root, { recursive: true, force: true })
})

const cyclic: unknown[] = [1]
cyclic.push(cyclic)
const nested = (levels: number): unknown => Array.from({ length: levels }).reduce(inner => [inner], 1)

/** Each with its text, where the docs say more than what comes back; those after it cannot be keys. */
const values: Readonly<Record<string, readonly [value: unknown, text: string, isKey?: false]>> = {
  NaN: [NaN, 'NaN'],
  'minus zero': [-0, '0'],
  undefined: [undefined, 'undefined'],
  null: [null, 'null'],
  'a huge number': [1.7e308, '1.7e+308'],
  'a negative whole number': [-(2 ** 53), '-9007199254740992'],
  'minus infinity': [-Infinity, '-Infinity'],
  'a huge bigint': [-(2n ** 70n), '-1180591620717411303424'],
  'a lone surrogate': ['a\udc00', 'a\ufffd'],
  'a text of several lines with a NUL': ['a\n\0', 'a\n\0'],
  'an array with holes': [[1, , 3], '(1,undefined,3)'], // oxlint-disable-line no-sparse-arrays
  'nested values': [[[new Map([[{ a: NaN }, new Set([null])]])]], '((Map({a: NaN} -> Set(null))))'],
  'an invalid date': [new Date(NaN), 'Invalid Date'],
  'a property __proto__': [JSON.parse('{"__proto__":1}'), '{__proto__: 1}'],
  'a cyclic array': [cyclic, '(1,…)', false],
  'a value of 900 levels': [nested(900), `${'('.repeat(100)}…${')'.repeat(100)}`, false],
}

for (const [name, [value, text, isKey = true]] of Object.entries(values)) {
  const twice = () => sc.parallelize([value, value], 2).map(record => record)
  const asKeys = () => twice().map(record => [record, 1] as [unknown, number])
  const asValues = () => twice().map(record => ['k', record] as [string, unknown])

  test(`${name}: the same record after every operator, level and object file`, async () => {
    const both = [value, value]
    assert.deepEqual(await twice().collect(), both)
    const reduced = asValues().mapValues(v => [v]).reduceByKey((a, b) => [...a, ...b]) // prettier-ignore
    assert.deepEqual(await reduced.collect(), [['k', both]])
    assert.deepEqual(await asValues().groupByKey().mapValues(vs => [...vs]).collect(), [['k', both]]) // prettier-ignore
    assert.deepEqual(await asValues().join(sc.parallelize([['k', 0]] as [string, number][])).values().collect(), [[value, 0], [value, 0]]) // prettier-ignore
    for (const level of [StorageLevel.MEMORY_ONLY, StorageLevel.MEMORY_ONLY_SER, StorageLevel.DISK_ONLY]) {
      const kept = twice().persist(level)
      assert.equal(await kept.count(), 2)
      assert.deepEqual(await kept.collect(), both, level.name)
      kept.unpersist()
    }
    await twice().saveAsObjectFile(join(root, name, 'object'))
    assert.deepEqual(await sc.objectFile(join(root, name, 'object')).collect(), both)
    await twice().saveAsTextFile(join(root, name, 'text'))
    assert.equal(readFileSync(join(root, name, 'text', 'part-00001'), 'utf8'), `${text}\n`)
  })

  test(`${name}: ${isKey ? 'one key' : 'no key'}`, async () => {
    const byKey = [
      [() => asKeys().reduceByKey((a, b) => a + b).collect(), [[value, 2]]],
      [() => asKeys().groupByKey().mapValues(ones => [...ones]).collect(), [[value, [1, 1]]]],
      [() => asKeys().join(asKeys().distinct()).collect(), [[value, [1, 1]], [value, [1, 1]]]],
      [() => asKeys().sortByKey().collect(), [[value, 1], [value, 1]]],
    ] as const // prettier-ignore
    for (const [run, expected] of byKey) {
      if (isKey) assert.deepEqual(await run(), expected)
      else await assert.rejects(run(), isCode('KEY_NOT_COMPARABLE'))
    }
  })
}

/** The error itself has the code (thrown in the driver), or it failed a job. */
const isCode = (code: string) => (error: unknown) => {
  const { code: own, cause } = error as { code: string; cause?: { code?: string } }
  assert.equal(own === 'JOB_FAILED' ? cause?.code : own, code)
  return true
}

for (const [name, value, code] of [
  ['a function', () => 1, 'RECORD_NOT_ENCODABLE'],
  ['a symbol', Symbol('s'), 'RECORD_NOT_ENCODABLE'],
  ['a promise', Promise.resolve(1), 'RECORD_NOT_ENCODABLE'],
  ['a value of 2000 levels', nested(2000), 'RECORD_NOT_ENCODABLE'],
  ['a URL', new URL('http://a'), 'CLASS_NOT_REGISTERED'],
] as const) {
  test(`${name} is refused as a record`, () =>
    assert.rejects(async () => sc.parallelize([value]).collect(), isCode(code)))
}

test('a function that a task makes cannot be a key, nor leave the task', async () => {
  const made = () => sc.parallelize([1]).map(n => [() => n, 1] as [() => number, number])
  await assert.rejects(made().reduceByKey((a, b) => a + b).collect(), isCode('KEY_NOT_COMPARABLE')) // prettier-ignore
  await assert.rejects(made().collect(), isCode('RECORD_NOT_ENCODABLE'))
  assert.deepEqual(await made().map(([f]) => f()).collect(), [1]) // prettier-ignore
})

test('0 and -0 are one key, and so are all NaN', async () => {
  const keys = [0, -0, NaN, 0 / 0].map(key => [key, 1] as [number, number])
  const counts = sc.parallelize(keys, 2).reduceByKey((a, b) => a + b).map(([key, n]) => [String(key), n]) // prettier-ignore
  assert.deepEqual((await counts.collect()).toSorted(), [['0', 2], ['NaN', 2]]) // prettier-ignore
})

test('a partitioner that gives what is no partition fails the job, and the error names it', async () => {
  const nonsense: readonly [text: string, partition: () => unknown][] = [
    ['NaN', () => NaN],
    ['-1', () => -1],
    ['1.5', () => 1.5],
    ['2', () => 2],
    ["'1'", () => '1'],
    ['1n', () => 1n],
    ['Promise', () => Promise.resolve(0)],
    ['undefined', () => undefined],
    ['[Object: null prototype] {}', () => Object.create(null)],
  ]
  for (const [text, partition] of nonsense) {
    const pairs = sc.parallelize([['a', 1]] as [string, number][])
    const run = pairs.partitionBy(new CustomPartitioner(2, partition as () => number)).collect()
    await assert.rejects(run, ({ cause }: { cause: { code: string; message: string } }) => {
      assert.equal(cause.code, 'PARTITION_OUT_OF_RANGE')
      assert.ok(cause.message.startsWith(`The partitioner gave ${text}`), cause.message)
      return true
    })
  }
})

test('a record of 100 MB goes through map, a shuffle, collect and a text file', async () => {
  const size = 100_000_000
  const text = 'x'.repeat(size)
  const shuffled = sc.parallelize([text], 1).map(t => ['k', t] as [string, string]).reduceByKey(a => a) // prettier-ignore
  assert.deepEqual(await shuffled.map(([, t]) => t.length).collect(), [size])
  const bytes = sc.parallelize([new Uint8Array(size).fill(7)], 1)
  const bytesByKey = bytes.map(b => ['k', b] as [string, Uint8Array]).reduceByKey(a => a)
  assert.deepEqual(await bytesByKey.map(([, b]) => [b.length, b[size - 1]]).collect(), [[size, 7]])
  assert.equal((await bytes.map(b => b).collect())[0]?.length, size)
  await sc.parallelize([text], 1).saveAsTextFile(join(root, 'long'))
  assert.deepEqual(await sc.textFile(join(root, 'long'), 4).map(line => line.length).collect(), [size]) // prettier-ignore
})

test('a line of 100 MB from a socket is cut off at the bound and told, and the next line is whole', async () => {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.write(Buffer.alloc(100_000_000, 'x'))
    socket.end('\nnext\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ssc = new StreamingContext(sc, Milliseconds(1000), { clock: new ManualClock() })
  const told: string[] = []
  ssc.addStreamingListener({ onReceiverError: ({ receiverInfo }) => void told.push(receiverInfo.lastErrorMessage) })
  const lengths: number[] = []
  ssc.socketTextStream('127.0.0.1', (server.address() as AddressInfo).port).foreachRDD(async rdd => {
    lengths.push(...(await rdd.map(line => line.length).collect()))
  })
  ssc.start()
  const deadline = performance.now() + 120_000
  while (lengths.length < 2) {
    assert.ok(performance.now() < deadline, `Not all has come out in 120 s: ${lengths.join(', ')}; ${told.join(', ')}`)
    await new Promise(setImmediate)
    await runBatches(ssc, 1)
  }
  await ssc.stop(false)
  server.close()
  assert.deepEqual(lengths.slice(0, 2), [2 ** 20, 4])
  // Virtual time may be half a minute ahead before the receiver has started, which is told, too.
  assert.match(told.join('\n'), /longer than spark.dstream.socket.maxLineBytes/)
})
