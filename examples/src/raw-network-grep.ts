import { type Duration, Milliseconds, SparkConf, StorageLevel, StreamingContext } from 'dstream'

/**
 * Spark's RawNetworkGrep: several connections to one server, received side by side and read as one stream; counts the lines that contain `the`.
 * The server sends blocks of `rawBlock(lines)`, so that nothing is parsed. Each connection has a receiver with a thread of its own; none of them
 * takes a task slot of `local[2]`.
 */
export function rawNetworkGrep(numStreams: number, host: string, port: number, batch: Duration): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('RawNetworkGrep')
  const ssc = new StreamingContext(conf, batch)

  const rawStreams = Array.from({ length: numStreams }, () =>
    ssc.rawSocketStream<string>(host, port, StorageLevel.MEMORY_ONLY_SER_2),
  )
  const union = ssc.union(rawStreams)
  const matches = union.filter(line => line.includes('the')).count()
  matches.foreachRDD(async rdd => {
    console.log(`Grep count: ${(await rdd.collect()).join('')}`)
  })

  return ssc
}

// Run by itself: raw-network-grep.ts NUM_STREAMS HOST PORT BATCH_MILLIS
if (process.argv[1] === import.meta.filename) {
  const [numStreams = '2', host = 'localhost', port = '9999', batchMillis = '1000'] = process.argv.slice(2)
  const ssc = rawNetworkGrep(Number(numStreams), host, Number(port), Milliseconds(Number(batchMillis)))
  ssc.start()
  await ssc.awaitTermination()
}
