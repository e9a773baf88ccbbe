import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Receiver, Seconds, SparkConf, StorageLevel, StreamingContext } from 'dstream'
import { ManualClock, runBatches } from 'dstream/testing'
import { until } from './until.ts'

const numBlocks = 200
const linesOfBlock = 500

class Fast extends Receiver<string> {
  readonly done: string
  constructor(done: string) {
    super(StorageLevel.MEMORY_AND_DISK)
    this.done = done
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
    const { writeFileSync } = await import('node:fs')
    writeFileSync(this.done, '')
  }
}

/** Everything is received before a batch runs. Gives the numbers that came out, and how many files of blocks there were then. */
async function receivedAndRead(withLog: boolean): Promise<{ numbers: number[]; files: number; filesLeft: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'dstream-received-'))
  const files = (): number =>
    readdirSync(directory, { recursive: true }).filter(name => String(name).includes('received-')).length
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('received')
  conf.setAll({ 'spark.dstream.receiver.memory': '1m', 'spark.local.dir': directory, 'spark.log.level': 'ERROR' })
  conf.set('spark.streaming.receiver.writeAheadLog.enable', withLog)
  const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })
  if (withLog) ssc.checkpoint(join(directory, 'checkpoint'))
  const numbers: number[] = []
  ssc.receiverStream(new Fast(join(directory, 'all'))).foreachRDD(async rdd => {
    numbers.push(...(await rdd.map(line => Number(line.split(' ')[0])).collect()))
  })
  ssc.start()
  await until('all blocks are stored', () => existsSync(join(directory, 'all')), () => `There are ${files()} files.`) // prettier-ignore
  const atMost = files()
  for (let batch = 1; numbers.length < numBlocks * linesOfBlock; batch++) {
    assert.ok(batch <= 2 * numBlocks, `${numbers.length} lines have come out in ${batch} batches`)
    await runBatches(ssc, 1)
  }
  await runBatches(ssc, 2)
  await ssc.stop()
  const filesLeft = files()
  rmSync(directory, { recursive: true })
  return { numbers, files: atMost, filesLeft }
}

const all = Array.from({ length: numBlocks * linesOfBlock }, (_, i) => i)

test('ten megabytes are received into one megabyte of memory, and come out whole and in order', async () => {
  const { numbers, files, filesLeft } = await receivedAndRead(false)
  assert.deepEqual(numbers, all)
  assert.ok(files > numBlocks - 25, `${files} blocks were on disk`)
  assert.equal(filesLeft, 0)
})

test('with the log the tasks read there what has left memory: no block is written twice', async () => {
  const { numbers, files } = await receivedAndRead(true)
  assert.deepEqual(numbers, all)
  assert.equal(files, 0)
})
