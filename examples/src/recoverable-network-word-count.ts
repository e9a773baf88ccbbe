import { appendFile } from 'node:fs/promises'
import { Seconds, SparkConf, StreamingContext } from 'dstream'

/**
 * Spark's RecoverableNetworkWordCount: counts words of a text server, appends each batch's counts to a file, and goes on where it ended when it is started
 * again with the same checkpoint directory.
 *
 * The function that makes the streams runs at every start, here also after a restart, so the program may have changed meanwhile.
 */
export function recoverableNetworkWordCount(
  host: string,
  port: number,
  checkpointDirectory: string,
  outputFile: string,
): Promise<StreamingContext> {
  return StreamingContext.getOrCreate(checkpointDirectory, () => {
    // If you do not see this printed, the context was never made.
    console.log('Creating new context')
    const conf = new SparkConf().setMaster('local[2]').setAppName('RecoverableNetworkWordCount')
    const ssc = new StreamingContext(conf, Seconds(1))
    ssc.checkpoint(checkpointDirectory)

    const words = ssc.socketTextStream(host, port).flatMap(line => line.split(' '))
    const wordCounts = words.map(word => [word, 1]).reduceByKey((a, b) => a + b)
    const totals = wordCounts
      .updateStateByKey((counts: readonly number[], sum = 0) => counts.reduce((a, b) => a + b, sum))
      .uid('totals')
      // What a socket has received is gone with the process, so the sums are written down after every batch.
      .checkpoint(Seconds(1))
    totals.foreachRDD(async (rdd, time) => {
      const counts = (await rdd.collect()).map(([word, count]) => `(${word},${count})`)
      const output = `Counts at time ${time.milliseconds} ms [${counts.join(', ')}]`
      console.log(output)
      await appendFile(outputFile, `${output}\n`)
    })
    return ssc
  })
}

// Run by itself: recoverable-network-word-count.ts HOST PORT CHECKPOINT-DIRECTORY OUTPUT-FILE
if (process.argv[1] === import.meta.filename) {
  const [host, port, checkpointDirectory, outputFile] = process.argv.slice(2)
  if (host === undefined || port === undefined || checkpointDirectory === undefined || outputFile === undefined) {
    console.error('Usage: recoverable-network-word-count HOST PORT CHECKPOINT-DIRECTORY OUTPUT-FILE')
    process.exit(1)
  }
  const ssc = await recoverableNetworkWordCount(host, Number(port), checkpointDirectory, outputFile)
  ssc.start()
  await ssc.awaitTermination()
}
