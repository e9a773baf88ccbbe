import { Seconds, SparkConf, StreamingContext } from 'dstream'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The guide's running count, by `updateStateByKey`: in each batch the function is called for every word that ever came, with the ones of the
 * batch and the count so far. `undefined` would forget the word.
 */
export function runningWordCount(host: string, port: number, checkpointDirectory: string): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('RunningWordCount')
  const ssc = new StreamingContext(conf, Seconds(1))
  ssc.checkpoint(checkpointDirectory)

  const updateFunction = (newValues: readonly number[], runningCount: number | undefined) =>
    newValues.reduce((sum, one) => sum + one, runningCount ?? 0)

  const lines = ssc.socketTextStream(host, port)
  const pairs = lines.flatMap(line => line.split(' ')).map(word => [word, 1])
  const runningCounts = pairs.updateStateByKey(updateFunction)
  runningCounts.print()

  return ssc
}

// Run by itself: running-word-count.ts [HOST PORT]
if (process.argv[1] === import.meta.filename) {
  const [host = 'localhost', port = '9999'] = process.argv.slice(2)
  const ssc = runningWordCount(host, Number(port), mkdtempSync(join(tmpdir(), 'running-word-count-')))
  ssc.start()
  await ssc.awaitTermination()
}
