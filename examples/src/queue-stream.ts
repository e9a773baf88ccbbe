import { type RDD, Seconds, SparkConf, StreamingContext } from 'dstream'
import { setInterval } from 'node:timers/promises'

/** Spark's QueueStream: a stream of RDDs that the program itself puts into a queue, one for each batch. For trying things out, and for tests. */
export function queueStream(rddQueue: RDD<number>[]): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('QueueStream')
  const ssc = new StreamingContext(conf, Seconds(1))

  const inputStream = ssc.queueStream(rddQueue)
  const mappedStream = inputStream.map(x => [x % 10, 1])
  const reducedStream = mappedStream.reduceByKey((a, b) => a + b)
  reducedStream.print()

  return ssc
}

// Run by itself: queue-stream.ts
if (process.argv[1] === import.meta.filename) {
  const rddQueue: RDD<number>[] = []
  const ssc = queueStream(rddQueue)
  ssc.start()
  let pushed = 0
  for await (const _ of setInterval(1000)) {
    rddQueue.push(ssc.sparkContext.range(1, 1001, 1, 10))
    pushed += 1
    if (pushed === 30) break
  }
  await ssc.stop()
}
