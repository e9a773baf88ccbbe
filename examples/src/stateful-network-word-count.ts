import { Seconds, SparkConf, type State, StateSpec, StreamingContext } from 'dstream'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Spark's StatefulNetworkWordCount: how often each word has come since the program started. A batch costs what it touches: `mapWithState` calls
 * the function only for the words that came.
 */
export function statefulNetworkWordCount(host: string, port: number, checkpointDirectory: string): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('StatefulNetworkWordCount')
  const ssc = new StreamingContext(conf, Seconds(1))
  ssc.checkpoint(checkpointDirectory)

  const initialRDD = ssc.sparkContext.parallelize([
    ['hello', 1],
    ['world', 1],
  ])
  const lines = ssc.socketTextStream(host, port)
  const wordDstream = lines.flatMap(line => line.split(' ')).map(word => [word, 1])

  const mappingFunc = (word: string, one: number | undefined, state: State<number>) => {
    const sum = (one ?? 0) + (state.getOption() ?? 0)
    state.update(sum)
    return [word, sum] as const
  }
  const stateDstream = wordDstream.mapWithState(StateSpec.function(mappingFunc).initialState(initialRDD))
  stateDstream.print()

  return ssc
}

// Run by itself: stateful-network-word-count.ts [HOST PORT]
if (process.argv[1] === import.meta.filename) {
  const [host = 'localhost', port = '9999'] = process.argv.slice(2)
  const ssc = statefulNetworkWordCount(host, Number(port), mkdtempSync(join(tmpdir(), 'stateful-word-count-')))
  ssc.start()
  await ssc.awaitTermination()
}
