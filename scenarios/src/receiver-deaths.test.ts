import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Receiver, Seconds, SparkConf, StreamingContext } from 'dstream'
import { ManualClock, runBatches } from 'dstream/testing'

/** Each run stores its number, and ends in another way. */
class Mortal extends Receiver<string> {
  readonly directory: string

  constructor(directory: string) {
    super()
    this.directory = directory
  }

  override async onStart(): Promise<void> {
    const { readdirSync, writeFileSync } = await import('node:fs')
    const run = readdirSync(this.directory).length
    writeFileSync(`${this.directory}/${run}`, '')
    await this.store([`run ${run}`])
    if (run === 0) process.exit(3)
    if (run === 1) setImmediate(() => JSON.parse('no JSON'))
    if (run === 2) void Promise.reject(new Error('nobody catches it'))
    if (run === 3) throw new Error('onStart fails')
  }

  override onStop(): void {}
}

test('a receiver that ends in every way is started again each time, and what it had stored is in one batch', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dstream-mortal-'))
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('mortal')
  conf.setAll({ 'spark.streaming.receiverRestartDelay': '10ms', 'spark.log.level': 'OFF' })
  const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })
  const errors: string[] = []
  ssc.addStreamingListener({
    onReceiverStopped: ({ receiverInfo }) => void errors.push(receiverInfo.lastErrorMessage),
  })
  const runs: string[] = []
  ssc.receiverStream(new Mortal(directory)).foreachRDD(async rdd => void runs.push(...(await rdd.collect())))
  ssc.start()
  const deadline = performance.now() + 120_000
  while (runs.length < 5) {
    assert.ok(performance.now() < deadline, `Not all has come out in 120 s: ${runs.join(', ')}; ${errors.join(', ')}`)
    await new Promise(setImmediate)
    await runBatches(ssc, 1)
  }
  await ssc.stop()
  assert.deepEqual(runs, ['run 0', 'run 1', 'run 2', 'run 3', 'run 4'])
  assert.deepEqual(errors.slice(0, 4), [
    'The receiver’s thread ended',
    'Uncaught error in the receiver',
    'Uncaught error in the receiver',
    'Error starting receiver',
  ])
  rmSync(directory, { recursive: true })
})
