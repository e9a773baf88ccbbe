import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Milliseconds, Receiver, SparkConf, SparkContext, StreamingContext } from 'dstream'

/** Stores a line as soon as it is started, on a thread of its own. */
class Lines extends Receiver<string> {
  readonly name: string
  constructor(name: string) {
    super()
    this.name = name
  }
  override onStart(): void {
    void this.store([`from ${this.name}`])
  }
  override onStop(): void {}
}

test('with local[1] and two receivers everything is received and processed: a receiver takes no task slot', async () => {
  const sc = new SparkContext(new SparkConf(false).setMaster('local[1]').setAppName('one slot'))
  sc.setLogLevel('OFF')
  const ssc = new StreamingContext(sc, Milliseconds(20))
  const seen = new Set<string>()
  const all = Promise.withResolvers<void>()
  ssc
    .union(['a', 'b'].map(name => ssc.receiverStream(new Lines(name))))
    .map(line => line.toUpperCase())
    .foreachRDD(async rdd => {
      for (const line of await rdd.collect()) seen.add(line)
      if (seen.size === 2) all.resolve()
    })
  ssc.start()
  await Promise.race([all.promise, ssc.awaitTermination()])
  await ssc.stop()
  assert.deepEqual([...seen].sort(), ['FROM A', 'FROM B'])
})
