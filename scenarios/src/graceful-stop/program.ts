/** A program that is stopped by signals: a reliable receiver, whose source writes down what was acknowledged, and an output that writes down what came out. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { Milliseconds, Receiver, SparkConf, StorageLevel, StreamingContext } from 'dstream'

const [directory, mode, gracefully] = process.argv.slice(2) as [string, 'quick' | 'hangs' | 'files', 'true' | 'false']

class Numbers extends Receiver<number> {
  readonly acknowledged: string
  readonly first: number

  constructor(acknowledged: string, first: number) {
    super(StorageLevel.MEMORY_AND_DISK)
    this.acknowledged = acknowledged
    this.first = first
  }

  override onStart(): void {
    void this.receive()
  }

  override onStop(): void {}

  /** As many as are taken: the source is faster than the batches. */
  async receive(): Promise<void> {
    const { appendFileSync } = await import('node:fs')
    for (let next = this.first; !this.isStopped(); next += 100) {
      await this.store(Array.from({ length: 100 }, (_, i) => next + i))
      appendFileSync(this.acknowledged, `${next}\n`)
      await new Promise(resolve => setTimeout(resolve, 1))
    }
  }
}

const conf = new SparkConf(false)
  .setMaster('local[2]')
  .setAppName('stopped')
  .setAll({
    'spark.streaming.stopGracefullyOnShutdown': gracefully,
    // A stop that hangs is ended by a second signal, or by nothing; any other is to be done, however slow the machine.
    'spark.streaming.gracefulStopTimeout': mode === 'hangs' ? '1h' : '60s',
    'spark.streaming.receiver.writeAheadLog.enable': mode === 'hangs',
    'spark.dstream.receiver.memory': '64k',
    'spark.log.level': 'ERROR',
  })

/** A second signal sooner than this is still the first one. */
const samePressMs = 300

let signalledMs = 0
// Stopped at once, the program would have to end by itself if it listened.
if (gracefully === 'true')
  process.once('SIGTERM', () => {
    signalledMs = performance.now()
    process.stdout.write('stopping\n')
    setTimeout(() => process.stdout.write('still stopping\n'), samePressMs + 100).unref()
  })

const again = existsSync(`${directory}/began`)
writeFileSync(`${directory}/began`, '')

let total = 0

function create(): StreamingContext {
  const ssc = new StreamingContext(conf, Milliseconds(200))
  if (mode === 'hangs') ssc.checkpoint(`${directory}/checkpoint`)
  const receiver = new Numbers(`${directory}/acknowledged`, again ? 1e9 : 0)
  const numbers = ssc.receiverStream(receiver)
  if (mode === 'files') numbers.repartition(2).saveAsTextFiles(`${directory}/out/batch`)
  else {
    numbers.foreachRDD(async rdd => {
      if (mode === 'hangs' && !again && total > 50) {
        writeFileSync(`${directory}/hangs`, '')
        await new Promise(() => {})
      }
      // A little work, so that batches wait for each other.
      const found = await rdd.map(n => n - (n % 100)).distinct().collect() // prettier-ignore
      total += found.length
      for (const block of found) appendFileSync(`${directory}/out`, `${block}\n`)
    })
  }
  return ssc
}

const ssc = mode === 'hangs' ? await StreamingContext.getOrCreate(`${directory}/checkpoint`, create) : create()
ssc.start()
process.stdout.write('started\n')
await ssc.awaitTermination()
process.stdout.write(`stopped after ${Math.round(performance.now() - signalledMs)} ms\n`)
