import { type Broadcast, type LongAccumulator, Seconds, SparkConf, type SparkContext, StreamingContext } from 'dstream'
import { appendFile } from 'node:fs/promises'

let wordBlacklist: Broadcast<readonly string[]> | undefined
let wordsInBlacklist: LongAccumulator | undefined

/** The words that are not counted: made when the first batch asks, and sent to each worker once. */
const WordBlacklist = {
  getInstance: (sc: SparkContext) => (wordBlacklist ??= sc.broadcast(['a', 'b', 'c'])),
}

/** How many of them have come so far: tasks add to it, the driver reads it. */
const DroppedWordsCounter = {
  getInstance: (sc: SparkContext) => (wordsInBlacklist ??= sc.longAccumulator('WordsInBlacklistCounter')),
}

/**
 * The guide's blacklist, from Spark's RecoverableNetworkWordCount: counts words but for some, counts the ones left out, and appends both to a file for
 * each batch.
 */
export function droppedWords(host: string, port: number, outputFile: string): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('DroppedWords')
  const ssc = new StreamingContext(conf, Seconds(1))

  const words = ssc.socketTextStream(host, port).flatMap(line => line.split(' '))
  const wordCounts = words.map(word => [word, 1]).reduceByKey((a, b) => a + b)
  wordCounts.foreachRDD(async (rdd, time) => {
    const blacklist = WordBlacklist.getInstance(rdd.sparkContext)
    const droppedWordsCounter = DroppedWordsCounter.getInstance(rdd.sparkContext)
    const counts = await rdd
      .filter(([word, count]) => {
        if (!blacklist.value.includes(word)) return true
        droppedWordsCounter.add(count)
        return false
      })
      .collect()
    const output = `Counts at time ${time} [${counts.map(pair => `(${pair.join(',')})`).join(', ')}]`
    console.log(output)
    console.log(`Dropped ${droppedWordsCounter.value} word(s) totally`)
    await appendFile(outputFile, `${output}\n`)
  })

  return ssc
}

// Run by itself: dropped-words.ts HOST PORT OUTPUT_FILE
if (process.argv[1] === import.meta.filename) {
  const [host = 'localhost', port = '9999', outputFile = 'dropped-words.txt'] = process.argv.slice(2)
  const ssc = droppedWords(host, Number(port), outputFile)
  ssc.start()
  await ssc.awaitTermination()
}
