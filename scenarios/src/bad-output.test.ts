import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Milliseconds, SparkConf, SparkContext, StreamingContext } from 'dstream'
import { BatchInput, collectBatches, ManualClock, runBatches } from 'dstream/testing'

const sc = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('bad output'))
sc.setLogLevel('OFF')
const root = mkdtempSync(join(tmpdir(), 'dstream-bad-output-'))
after(async () => {
  await sc.stop()
  rmSync(root, { recursive: true, force: true })
})
writeFileSync(join(root, 'file'), '')

test('an output directory that exists is refused in Spark’s words, and left as it is', async () => {
  const there = join(root, 'there')
  mkdirSync(there)
  const refused = { code: 'OUTPUT_EXISTS', message: /^Output directory file:\/\/.*there already exists/ }
  await assert.rejects(sc.parallelize([1]).saveAsTextFile(there), refused)
  await assert.rejects(sc.parallelize([1]).saveAsObjectFile(there), refused)
  assert.deepEqual(readdirSync(there), [])
})

test('a place where nothing can be made is refused: below a file, and in /proc', async () => {
  await assert.rejects(sc.parallelize([1]).saveAsTextFile(join(root, 'file', 'out')), { code: 'NOT_A_DIRECTORY' })
  if (existsSync('/proc/self'))
    await assert.rejects(sc.parallelize([1]).saveAsTextFile('/proc/dstream-out'), { code: 'FILE_NOT_FOUND' })
})

test('a URI of a store that nobody serves is refused, not taken for a local path', async () => {
  await assert.rejects(sc.parallelize([1]).saveAsTextFile('hdfs://host/out'), { code: 'UNKNOWN_FILE_SYSTEM' })
  assert.equal(existsSync('hdfs:'), false)
})

for (const removed of ['.', '_temporary']) {
  for (const when of [0, 3]) {
    test(`${removed} removed by task ${when} fails the job, and nothing of it stays in the way of the next`, async () => {
      const out = join(root, `vanished-${removed}-${when}`)
      const target = join(out, removed)
      const records = sc.parallelize(['a', 'b', 'c', 'd'], 4).mapPartitionsWithIndex((i, all) => {
        // Until it is gone: what other tasks move meanwhile ends a removal early.
        while (i === when && existsSync(target)) rmSync(target, { recursive: true, force: true, maxRetries: 3 })
        return all
      })
      await assert.rejects(records.saveAsTextFile(out), /was removed while the job was running|no such file/)
      assert.equal(existsSync(join(out, '_SUCCESS')), false)
      await sc.parallelize([1], 2).count() // The tasks that were running have ended.
      await sc.parallelize(['a'], 1).saveAsTextFile(out)
      assert.deepEqual(readdirSync(out).toSorted(), ['_SUCCESS', 'part-00000'])
    })
  }
}

test('a stream saved to an impossible place fails each batch, and the others go on', async () => {
  const ssc = new StreamingContext(sc, Milliseconds(1000), { clock: new ManualClock() })
  const failures: unknown[] = []
  ssc.addStreamingListener({
    onOutputOperationCompleted: ({ outputOperationInfo }) => void failures.push(outputOperationInfo.failureReason),
  })
  const input = new BatchInput(ssc, [[1], [2], [3]])
  mkdirSync(join(root, 'stream-2000.txt'))
  writeFileSync(join(root, 'stream-2000.txt', 'of somebody else'), '')
  input.saveAsTextFiles(join(root, 'file', 'out'))
  input.saveAsTextFiles(join(root, 'stream'), 'txt')
  const seen = collectBatches(input)
  ssc.start()
  await runBatches(ssc, 3)
  assert.deepEqual(seen.map(batch => batch.records), [[1], [2], [3]]) // prettier-ignore
  assert.equal(failures.filter(reason => /not a directory/.test(String(reason))).length, 3)
  assert.equal(failures.filter(reason => /already exists/.test(String(reason))).length, 1)
  assert.deepEqual(['stream-1000.txt', 'stream-3000.txt'].map(name => existsSync(join(root, name, '_SUCCESS'))), [true, true]) // prettier-ignore
  await ssc.stop(false)
})
