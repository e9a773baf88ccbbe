import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Receiver, Seconds, SparkConf, StorageLevel, StreamingContext } from 'dstream'
import { ManualClock, runBatches, untilIdle } from 'dstream/testing'

const numBlocks = 200
const linesOfBlock = 500

class Fast extends Receiver<string> {
  constructor() {
    super(StorageLevel.MEMORY_AND_DISK)
  }
  override onStart(): void {
    void this.receive()
  }
  override onStop(): void {}
  async receive(): Promise<void> {
    for (let block = 0; block < numBlocks; block++) {
      const lines = Array.from({ length: linesOfBlock }, (_, i) => `${block * linesOfBlock + i} ${'x'.repeat(95)}\n`)
      await this.store(Buffer.from(lines.join('')))
    }
  }
}

test('ten megabytes are received into one megabyte of memory, and come out whole and in order', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dstream-received-'))
  const files = (): number =>
    readdirSync(directory, { recursive: true }).filter(name => String(name).includes('received-')).length
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('received')
  conf.setAll({ 'spark.dstream.receiver.memory': '1m', 'spark.local.dir': directory, 'spark.log.level': 'ERROR' })
  const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })
  const received = Promise.withResolvers<void>()
  const numbers: number[] = []
  ssc.receiverStream(new Fast()).foreachRDD(async rdd => {
    numbers.push(...(await rdd.map(line => Number(line.split(' ')[0])).collect()))
    if (numbers.length >= numBlocks * linesOfBlock) received.resolve()
  })
  ssc.start()
  // No batch runs before everything is there.
  while (files() < numBlocks - 25) await new Promise(resolve => setTimeout(resolve, 10))
  let over = false
  void received.promise.then(() => (over = true))
  while (!over) await runBatches(ssc, 1)
  assert.deepEqual(
    numbers,
    Array.from({ length: numBlocks * linesOfBlock }, (_, i) => i),
  )
  await runBatches(ssc, 2)
  await untilIdle(ssc)
  await ssc.stop()
  assert.equal(files(), 0)
  rmSync(directory, { recursive: true })
})
