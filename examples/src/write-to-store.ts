import { perWorker, Seconds, SparkConf, StreamingContext, TaskContext } from 'dstream'
import { StoreConnection } from './store-connection.ts'

/** A few connections that tasks borrow; an idle one waits for the next task. */
class ConnectionPool {
  readonly #idle: StoreConnection[] = []

  take(host: string, port: number): StoreConnection {
    return this.#idle.pop() ?? new StoreConnection(host, port)
  }

  giveBack(connection: StoreConnection): void {
    this.#idle.push(connection)
  }

  close(): void {
    for (const connection of this.#idle) connection.close()
  }
}

/**
 * The guide's last design pattern for `foreachRDD`: each worker has a pool of connections that lives on from batch to batch and is closed when it
 * has been idle for 30 seconds. And its way to exactly once: (batch time, partition) names what a task writes, so that the store takes it once,
 * however often the task is run.
 */
export function writeToStore(host: string, port: number, storeHost: string, storePort: number): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('WriteToStore')
  const ssc = new StreamingContext(conf, Seconds(1))

  const words = ssc.socketTextStream(host, port).flatMap(line => line.split(' '))
  const wordCounts = words.map(word => [word, 1]).reduceByKey((a, b) => a + b)
  wordCounts.foreachRDD((rdd, time) =>
    rdd.foreachPartition(async counts => {
      const addition = {
        id: `${time.milliseconds}-${TaskContext.getPartitionId()}`,
        counts: Object.fromEntries(counts),
      }
      if (Object.keys(addition.counts).length === 0) return
      const pool = perWorker('store', () => new ConnectionPool(), { idle: Seconds(30), close: p => p.close() })
      const connection = pool.take(storeHost, storePort)
      await connection.add(addition)
      pool.giveBack(connection) // one that failed is not given back
    }),
  )

  return ssc
}

// Run by itself: write-to-store.ts HOST PORT STORE_HOST STORE_PORT
if (process.argv[1] === import.meta.filename) {
  const [host = 'localhost', port = '9999', storeHost = 'localhost', storePort = '9998'] = process.argv.slice(2)
  const ssc = writeToStore(host, Number(port), storeHost, Number(storePort))
  ssc.start()
  await ssc.awaitTermination()
}
