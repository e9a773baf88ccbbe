import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { keyVariable } from '../../storage/encryption/index.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

const marker = 'A name that nobody may read'
const keys = mkdtempSync(join(tmpdir(), 'dstream-keys-'))
after(() => rmSync(keys, { recursive: true }))
registerEngine('local', () => new ReferenceEngine())

/** A file with new keys, the newest first. */
function keyFile(...older: readonly string[]): { readonly path: string; readonly key: string } {
  const key = randomBytes(32).toString('base64')
  const path = join(keys, randomBytes(4).toString('hex'))
  writeFileSync(path, [key, ...older].join('\n'))
  return { path, key }
}

type Pairs = Readonly<Record<string, string | boolean>>
const encrypted = (path: string): Pairs => ({
  'spark.io.encryption.enabled': true,
  'spark.dstream.io.encryption.keyFile': path,
})

/** A life of a program with everything that is written down: a receiver with its log, state, checkpoints. */
async function life(
  settings: Pairs,
  from: number,
  words: readonly string[],
  directory = 'memory:///checkpoint',
): Promise<unknown[]> {
  const clock = new ManualClock(from)
  const source = new Source()
  const out: unknown[] = []
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('encryption')
  conf.setAll({ 'spark.streaming.receiver.writeAheadLog.enable': true, 'spark.log.level': 'OFF', ...settings })
  const sparkContext = new SparkContext(conf)
  try {
    const ssc = await StreamingContext.getOrCreate(
      directory,
      () => {
        const made = new StreamingContext(sparkContext, Seconds(1), { clock })
        made.checkpoint(directory)
        made
          .receiverStream(source, { thread: 'main' })
          .map(word => [word, 1] as const)
          .updateStateByKey((ones: readonly number[], count: number | undefined) => ones.length + (count ?? 0))
          .checkpoint(Seconds(1))
          .foreachRDD(async rdd => void (out[0] = Object.fromEntries(await rdd.collect())))
        return made
      },
      { environment: { clock } },
    )
    ssc.start()
    const ended = ssc.awaitTermination()
    ended.catch(() => undefined)
    await untilIdle(ssc)
    await Promise.race([source.started.promise, ended])
    for (const word of words) {
      await source.store([word])
      clock.advance(1000)
      await untilIdle(ssc)
    }
    await source.store([words[0]!])
    await ssc.stop(false)
    return out
  } finally {
    await StreamingContext.getActive()?.stop(false)
    await sparkContext.stop()
  }
}

/** The files of the store, those that hold the marker, and all there is of one. */
async function contents(store: MemoryFileSystem, place = '/checkpoint'): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const { path, isDirectory } of await store.list(place)) {
    if (isDirectory) for (const [name, content] of await contents(store, path)) found.set(name, content)
    else {
      const reader = await store.open(path)
      found.set(path, Buffer.from(await reader.read(0, reader.length)).toString('latin1'))
    }
  }
  return found
}

const readable = (files: ReadonlyMap<string, string>): string[] =>
  [...files].filter(([, content]) => content.includes(marker)).map(([path]) => path)

async function withStore(action: (store: MemoryFileSystem) => Promise<void>): Promise<void> {
  const store = new MemoryFileSystem()
  const undo = registerFileSystem('memory', () => store)
  try {
    await action(store)
  } finally {
    undo()
  }
}

test('with encryption nothing that was received is readable in any file, and the program goes on from it', () =>
  withStore(async store => {
    const { path } = keyFile()
    assert.deepEqual(await life(encrypted(path), 0, [marker, 'other']), [{ [marker]: 1, other: 1 }])
    const files = await contents(store)
    const kinds = ['receivedData', 'receivedBlockMetadata', 'checkpoint-', '/part-']
    for (const kind of kinds)
      assert.ok(
        [...files.keys()].some(name => name.includes(kind)),
        kind,
      )
    assert.deepEqual(readable(files), [])
    for (const [name, content] of files) assert.ok(!content.includes('updateStateByKey'), name)
    assert.deepEqual(await life(encrypted(path), 3000, ['other']), [{ [marker]: 2, other: 2 }])
    assert.deepEqual(readable(await contents(store)), [])
  }))

test('without it the marker is everywhere: the test before this one would have seen it', () =>
  withStore(async store => {
    await life({}, 0, [marker])
    const found = readable(await contents(store)).join()
    for (const kind of ['receivedData', '/part-']) assert.match(found, new RegExp(kind))
  }))

test('without the key, or with another, nothing is begun and nothing is changed', () =>
  withStore(async store => {
    const { path, key } = keyFile()
    await life(encrypted(path), 0, [marker])
    const before = [...(await contents(store))].filter(([name]) => !name.includes('.fence'))
    const same = async (): Promise<void> =>
      assert.deepEqual([...(await contents(store))].filter(([name]) => !name.includes('.fence')), before) // prettier-ignore
    await assert.rejects(life(encrypted(keyFile().path), 3000, ['x']), { code: 'PAYLOAD_NOT_OPENED', message: /another key/ }) // prettier-ignore
    await same()
    await assert.rejects(life({}, 3000, ['x']), { code: 'PAYLOAD_NOT_OPENED', message: /no key/ })
    await same()
    await assert.rejects(life(encrypted('/no/such/key'), 3000, ['x']), { code: 'ENCRYPTION_KEY' })
    await same()
    process.env[keyVariable] = key
    try {
      assert.deepEqual(await life({ 'spark.io.encryption.enabled': true }, 3000, ['x']), [{ [marker]: 2, x: 1 }])
    } finally {
      delete process.env[keyVariable]
    }
  }))

test('encryption can be turned on, its key replaced, and turned off, from one run to the next', () =>
  withStore(async store => {
    await life({}, 0, ['a'])
    const first = keyFile()
    assert.deepEqual(await life(encrypted(first.path), 3000, [marker]), [{ a: 2, [marker]: 1 }])
    const second = keyFile(first.key)
    assert.deepEqual(await life(encrypted(second.path), 6000, ['b']), [{ a: 2, [marker]: 2, b: 1 }])
    assert.deepEqual(readable(await contents(store)), [])
    const off = { ...encrypted(second.path), 'spark.io.encryption.enabled': false }
    assert.deepEqual(await life(off, 9000, ['c']), [{ a: 2, [marker]: 2, b: 2, c: 1 }])
  }))

test('what was received while encryption was on is in its batch after it was turned off, also where tasks read the log itself', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dstream-encrypted-'))
  try {
    const { path } = keyFile()
    assert.deepEqual(await life(encrypted(path), 0, [marker], directory), [{ [marker]: 1 }])
    const off = { ...encrypted(path), 'spark.io.encryption.enabled': false }
    assert.deepEqual(await life(off, 3000, ['b'], directory), [{ [marker]: 2, b: 1 }])
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('a program that has encryption and no key does not start', () =>
  withStore(async store => {
    await assert.rejects(life({ 'spark.io.encryption.enabled': true }, 0, ['a']), {
      code: 'ENCRYPTION_KEY',
      message: /there is no key/,
    })
    assert.deepEqual((await store.list('/')).length, 0)
  }))
