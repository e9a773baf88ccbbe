import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Receiver, Seconds, SparkConf, SparkContext, StorageLevel, StreamingContext } from 'dstream'
import { ManualClock, untilIdle } from 'dstream/testing'

const marker = 'a name that nobody may read'

class Source extends Receiver<string> {
  override onStart(): void {}
  override onStop(): void {}
}

/** The files below a directory that hold the marker, as they are on the disk at this moment. */
const readable = (directory: string): string[] =>
  readdirSync(directory, { recursive: true })
    .map(name => join(directory, String(name)))
    .filter(path => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .filter(path => readFileSync(path, 'latin1').includes(marker))

/** A life of a program in which everything that can go to the disk does: blocks, state, kept partitions, shuffles. */
async function life(root: string, settings: Readonly<Record<string, string | boolean>>, fromMs: number) {
  const [checkpoint, local] = [join(root, 'checkpoint'), join(root, 'local')]
  mkdirSync(local, { recursive: true })
  const clock = new ManualClock(fromMs)
  const source = new Source()
  const seen: string[] = []
  let counts: unknown
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('encryption').setAll(settings)
  conf.set('spark.streaming.receiver.writeAheadLog.enable', 'true').set('spark.log.level', 'OFF')
  conf.set('spark.local.dir', local).set('spark.dstream.shuffle.memory', '0')
  const sparkContext = new SparkContext(conf)
  try {
    const create = (): StreamingContext => {
      const ssc = new StreamingContext(sparkContext, Seconds(1), { clock })
      ssc.checkpoint(checkpoint)
      const words = ssc.receiverStream(source, { thread: 'main' })
      words.persist(StorageLevel.DISK_ONLY)
      words
        .map(word => [word, 1])
        .updateStateByKey((ones: readonly number[], sum: number | undefined) => ones.length + (sum ?? 0))
        .checkpoint(Seconds(1))
        .foreachRDD(async rdd => void (counts = Object.fromEntries(await rdd.collect())))
      words.foreachRDD(async rdd => {
        await rdd.map(word => [word, 1] as const).reduceByKey((a, b) => a + b).count() // prettier-ignore
        seen.push(...readable(root))
      })
      return ssc
    }
    const ssc = await StreamingContext.getOrCreate(checkpoint, create, { environment: { clock } })
    ssc.start()
    await untilIdle(ssc)
    for (let second = 1; second <= 2; second++) {
      await source.store([marker, `${marker} ${second}`])
      clock.advance(1000)
      await untilIdle(ssc)
    }
    await ssc.stop(false)
    return { counts, seen: [...new Set([...seen, ...readable(root)])] }
  } finally {
    await StreamingContext.getActive()?.stop(false)
    await sparkContext.stop()
  }
}

test('with encryption nothing readable is on the disk while a program runs or after it, and the next one goes on', async () => {
  const root = mkdtempSync(join(tmpdir(), 'dstream-at-rest-'))
  try {
    const plain = await life(join(root, 'plain'), {}, 0)
    for (const kind of ['receivedData', '/part-', '/block-'])
      assert.ok(
        plain.seen.some(path => path.includes(kind)),
        `without encryption ${kind} is readable`,
      )
    const keyFile = join(root, 'key')
    writeFileSync(keyFile, randomBytes(32).toString('base64'))
    const settings = { 'spark.io.encryption.enabled': true, 'spark.dstream.io.encryption.keyFile': keyFile }
    const first = await life(join(root, 'sealed'), settings, 0)
    assert.deepEqual(first, { counts: { [marker]: 2, [`${marker} 1`]: 1, [`${marker} 2`]: 1 }, seen: [] })
    const second = await life(join(root, 'sealed'), settings, 2500)
    assert.deepEqual(second, { counts: { [marker]: 4, [`${marker} 1`]: 2, [`${marker} 2`]: 2 }, seen: [] })
  } finally {
    rmSync(root, { recursive: true })
  }
})
