import { Seconds, SparkConf, StreamingContext } from 'dstream'

/**
 * Spark's HdfsWordCount: counts the words of the text files that appear in a directory. Write a file somewhere else on the same disk and move it
 * in when it is whole: what is appended later is not read.
 */
export function fileWordCount(directory: string): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('FileWordCount')
  const ssc = new StreamingContext(conf, Seconds(2))

  const lines = ssc.textFileStream(directory)
  const words = lines.flatMap(line => line.split(' '))
  const wordCounts = words.map(word => [word, 1]).reduceByKey((a, b) => a + b)
  wordCounts.print()

  return ssc
}

// Run by itself: file-word-count.ts DIRECTORY
if (process.argv[1] === import.meta.filename) {
  const [directory = '.'] = process.argv.slice(2)
  const ssc = fileWordCount(directory)
  ssc.start()
  await ssc.awaitTermination()
}
