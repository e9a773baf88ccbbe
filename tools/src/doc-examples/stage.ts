import { DStream, Seconds, StreamingContext } from 'dstream'
import { BatchInput, collectBatches, ManualClock, runBatches } from 'dstream/testing'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sc } from './context.ts'

/** Batches of ten seconds, so that the pages' windows of ten seconds and more are multiples of them. */
const batchesToRun = 4

const readings = [[1, 2, 3], [4], [], [5, 6]]
const text = [['to be or', 'not to be'], ['to do'], [], ['a', 'b']]
const counts: [string, number][][] = [[['to', 1], ['be', 2]], [['to', 3]], [], [['do', 1]]] // prettier-ignore
const named: [string, string][][] = [[['to', 'one'], ['be', 'two']], [['to', 'three']]] // prettier-ignore

/** What a block of a page may use without introducing it, for real: streams of a few batches on a manual clock. Copied beside the examples' programs. */
export function __stage() {
  const clock = new ManualClock()
  const ssc = new StreamingContext(sc, Seconds(10), { clock, write: () => undefined })
  ssc.checkpoint(mkdtempSync(join(tmpdir(), 'checkpoint-')))
  const lines = new BatchInput(ssc, text)
  const words = lines.flatMap(line => line.split(' '))
  const [pairs, other] = [new BatchInput(ssc, counts), new BatchInput(ssc, counts)]
  const [stream1, stream2] = [new BatchInput(ssc, named), new BatchInput(ssc, named)]
  const numbers = new BatchInput(ssc, readings)
  const cast = { lines, words, pairs, other, stream1, stream2, numbers, stream: stream1, dstream: words }
  return { sc, ssc, clock, ...cast, play: (declared: readonly unknown[]) => play(ssc, declared) }
}

/** Runs the batches for the outputs of the block, and for every stream it gives a name to. */
async function play(ssc: StreamingContext, declared: readonly unknown[]): Promise<void> {
  for (const value of declared) if (value instanceof DStream && value.context === ssc) collectBatches(value)
  new BatchInput(ssc, [['something']]).foreachRDD(() => undefined)
  if (ssc.getState() === 'INITIALIZED') ssc.start()
  await runBatches(ssc, batchesToRun)
  await ssc.stop(false)
  await ssc.awaitTermination() // rejects when an output operation failed
}
