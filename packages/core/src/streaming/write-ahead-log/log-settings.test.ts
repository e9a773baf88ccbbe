import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConf } from '../../context/spark-conf-read.ts'
import { SparkConf } from '../../context/spark-conf.ts'
import { plainPayloads } from '../../storage/encryption/index.ts'
import { faulty, MemoryFileSystem } from '../../storage/index.ts'
import { ManualClock } from '../../time/index.ts'
import { bytesOf, directory, open, texts } from './log-for-tests.ts'
import { driverLogSettings, receiverLogSettings } from './log-settings.ts'
import type { FsyncPolicy } from './record-writer.ts'

const conf = (pairs: Readonly<Record<string, string | number | boolean>>) =>
  readConf(new SparkConf(false).setAll({ ...pairs }))
const receiver = (pairs: Readonly<Record<string, string | number | boolean>>) =>
  receiverLogSettings(conf(pairs), plainPayloads)
const driver = (pairs: Readonly<Record<string, string | number | boolean>>) =>
  driverLogSettings(conf(pairs), plainPayloads)

test('without settings logs are as Spark’s: a file a minute, three attempts, records together; and each is flushed', () => {
  const common = { rollingIntervalMs: 60_000, closeFileAfterWrite: false, maxFailures: 3, fsync: 'commit', cipher: plainPayloads } // prettier-ignore
  assert.deepEqual(receiver({}), common)
  assert.deepEqual(driver({}), { ...common, groupCommit: true, retryForMs: 5000 })
})

test('each key reaches the log that it is of', () => {
  for (const [name, settings] of [
    ['receiver', receiver],
    ['driver', driver],
  ] as const) {
    const log = `spark.streaming.${name}.writeAheadLog`
    const found = settings({
      [`${log}.rollingIntervalSecs`]: 5,
      [`${log}.maxFailures`]: 7,
      [`${log}.closeFileAfterWrite`]: true,
      [`${log}.class`]: 'table',
      [`spark.dstream.${name}.writeAheadLog.fsync`]: '250ms',
    })
    const { rollingIntervalMs, maxFailures, closeFileAfterWrite, implementation, fsync } = found
    assert.deepEqual([rollingIntervalMs, maxFailures, closeFileAfterWrite, implementation], [5000, 7, true, 'table'])
    assert.deepEqual(fsync, { intervalMs: 250 })
  }
  const batching = { 'spark.streaming.driver.writeAheadLog.allowBatching': false, 'spark.streaming.driver.writeAheadLog.batchingTimeout': '2s' } // prettier-ignore
  assert.deepEqual([driver(batching).groupCommit, driver(batching).retryForMs], [false, 2000])
})

test('a policy of flushing is a word or a time', () => {
  const policy = (text: string) => receiver({ 'spark.dstream.receiver.writeAheadLog.fsync': text }).fsync
  assert.deepEqual(['Never', 'commit', '1s', '0ms'].map(policy), [
    'never',
    'commit',
    { intervalMs: 1000 },
    'commit',
  ] satisfies FsyncPolicy[])
  const refused = { code: 'MALFORMED_CONF_VALUE', message: /spark\.dstream\.receiver\.writeAheadLog\.fsync.*often/ }
  assert.throws(() => policy('often'), refused)
})

test('records that wait are written in one group, or one by one', async () => {
  const writes = async (groupCommit: boolean): Promise<number> => {
    let count = 0
    const fileSystem = faulty(new MemoryFileSystem(), ({ name }) => void (name === 'sync' && count++))
    const log = await open(fileSystem, { groupCommit })
    await Promise.all(['a', 'b', 'c'].map(text => log.append(bytesOf(text))))
    assert.deepEqual((await texts(fileSystem)).texts, ['a', 'b', 'c'])
    return count
  }
  assert.deepEqual([await writes(true), await writes(false)], [1, 3])
})

test('attempts of a write end by their number or, where that comes first, by their time', async () => {
  const attempts = async (retryForMs: number, eachMs: number): Promise<number> => {
    const clock = new ManualClock(0)
    let count = 0
    const fileSystem = faulty(new MemoryFileSystem(), ({ name, path }) => {
      if (name !== 'write' || !path.startsWith(directory)) return undefined
      count++
      clock.advance(eachMs)
      return 'EIO'
    })
    const log = await open(fileSystem, { clock, maxFailures: 5, retryForMs })
    await assert.rejects(log.append(bytesOf('a')), { code: 'LOG_NOT_WRITTEN' })
    return count
  }
  assert.equal(await attempts(1000, 10), 5)
  assert.equal(await attempts(1000, 600), 2)
})
