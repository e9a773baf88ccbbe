import { textOf } from '../../codec/index.ts'
import type { OutputFunction } from '../dstream/graph.ts'

const line = '-------------------------------------------'

/**
 * Writes the first records of every batch, under its time: in one piece, so that nothing gets between its lines.
 *
 * @see Spark's `DStream.print`
 */
export const printing =
  (num: number, write: (text: string) => void): OutputFunction =>
  async (rdd, time) => {
    const records = await rdd.take(num + 1)
    let text = `${line}\nTime: ${time.milliseconds} ms\n${line}\n`
    for (const record of records.slice(0, num)) text += `${textOf(record)}\n`
    if (records.length > num) text += '...\n'
    write(`${text}\n`)
  }
