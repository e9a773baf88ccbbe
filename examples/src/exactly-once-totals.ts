import { Seconds, SparkConf, StreamingContext } from 'dstream'
import { StoreConnection } from './store-connection.ts'

/**
 * Adds the word counts of new files to a store, exactly once, however often the program is killed and started again.
 *
 * Three things make that: files are taken by one batch each, also after a restart; a batch that is run again is the same batch; and what is
 * sent to the store has the id of its partition, by which the store knows what it has added already.
 */
export function exactlyOnceTotals(
  directory: string,
  checkpointDirectory: string,
  storeHost: string,
  storePort: number,
): Promise<StreamingContext> {
  return StreamingContext.getOrCreate(checkpointDirectory, () => {
    const conf = new SparkConf().setMaster('local[2]').setAppName('ExactlyOnceTotals')
    const ssc = new StreamingContext(conf, Seconds(1))
    ssc.checkpoint(checkpointDirectory)

    const words = ssc.fileStream(directory, { newFilesOnly: false }).flatMap(line => line.split(' '))
    const wordCounts = words.map(word => [word, 1]).reduceByKey((a, b) => a + b, 2)
    wordCounts.foreachPartition('totals', async (counts, { uniqueId }) => {
      const connection = new StoreConnection(storeHost, storePort)
      await connection.add({ id: uniqueId, counts: Object.fromEntries(counts) })
      connection.close()
    })
    return ssc
  })
}

// Run by itself: exactly-once-totals.ts DIRECTORY CHECKPOINT-DIRECTORY STORE_HOST STORE_PORT
if (process.argv[1] === import.meta.filename) {
  const [directory, checkpointDirectory, storeHost = 'localhost', storePort = '9998'] = process.argv.slice(2)
  if (directory === undefined || checkpointDirectory === undefined) {
    console.error('Usage: exactly-once-totals DIRECTORY CHECKPOINT-DIRECTORY [STORE_HOST STORE_PORT]')
    process.exit(1)
  }
  const ssc = await exactlyOnceTotals(directory, checkpointDirectory, storeHost, Number(storePort))
  ssc.start()
  await ssc.awaitTermination()
}
