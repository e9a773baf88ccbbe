import { Seconds, SparkConf, StreamingContext } from 'dstream'
import { join } from 'node:path'

/** Lines `word<tab>happiness`, from -5 to 5. */
const sentimentsFile = join(import.meta.dirname, '../data/sentiments.txt')

/** Spark's network_wordjoinsentiments: joins the words of each batch with a dataset, and says which of them were the happiest. */
export function networkWordJoinSentiments(host: string, port: number): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('NetworkWordJoinSentiments')
  const ssc = new StreamingContext(conf, Seconds(5))

  const wordSentiments = ssc.sparkContext.textFile(sentimentsFile).map(line => {
    const [word = '', happiness = '0'] = line.split('\t')
    return [word, Number(happiness)]
  })

  const lines = ssc.socketTextStream(host, port)
  const wordCounts = lines
    .flatMap(line => line.split(' '))
    .map(word => [word, 1])
    .reduceByKey((a, b) => a + b)

  // `transform` is called for each batch, so the dataset may be another one each time.
  const happiestWords = wordCounts
    .transform(rdd => wordSentiments.join(rdd))
    .map(([word, [sentiment, count]]) => [sentiment * count, word])
    .transform(rdd => rdd.sortByKey(false))

  happiestWords.foreachRDD(async rdd => {
    const topList = await rdd.take(5)
    console.log(`Happiest topics in the last 5 seconds (${await rdd.count()} total):`)
    for (const [happiness, word] of topList) console.log(`${word} (${happiness} happiness)`)
  })

  return ssc
}

// Run by itself: network-word-join-sentiments.ts [HOST PORT]
if (process.argv[1] === import.meta.filename) {
  const [host = 'localhost', port = '9999'] = process.argv.slice(2)
  const ssc = networkWordJoinSentiments(host, Number(port))
  ssc.start()
  await ssc.awaitTermination()
}
