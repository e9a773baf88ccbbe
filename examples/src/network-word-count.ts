import { Seconds, SparkConf, StreamingContext } from 'dstream'

/** The guide's NetworkWordCount: counts the words of the text that arrives on a socket, each second. */
export function networkWordCount(host: string, port: number): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('NetworkWordCount')
  const ssc = new StreamingContext(conf, Seconds(1))

  const lines = ssc.socketTextStream(host, port)
  const words = lines.flatMap(line => line.split(' '))
  const pairs = words.map(word => [word, 1])
  const wordCounts = pairs.reduceByKey((a, b) => a + b)
  wordCounts.print()

  return ssc
}

// Run by itself: network-word-count.ts [HOST PORT]
if (process.argv[1] === import.meta.filename) {
  const [host = 'localhost', port = '9999'] = process.argv.slice(2)
  const ssc = networkWordCount(host, Number(port))
  ssc.start()
  await ssc.awaitTermination()
}
