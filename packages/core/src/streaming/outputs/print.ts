import { textOf } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { shown } from '../../errors/shown.ts'
import type { OutputFunction } from '../dstream/graph.ts'

const line = '-------------------------------------------'

/**
 * Writes the first records of every batch, under its time: in one piece, so that nothing gets between its lines.
 *
 * @throws DStreamError RECORD_COUNT
 * @see Spark's `DStream.print`
 */
export function printing(num: number, write: (text: string) => void): OutputFunction {
  if (!Number.isInteger(num) && num !== Infinity)
    throw new DStreamError('RECORD_COUNT', `The number of records given to print is ${shown(num)}`, {
      hint: 'Give a whole number: print(20).',
    })
  return async (rdd, time) => {
    const records = await rdd.take(num + 1)
    let text = `${line}\nTime: ${time.milliseconds} ms\n${line}\n`
    for (const record of records.slice(0, num)) text += `${textOf(record)}\n`
    if (records.length > num) text += '...\n'
    write(`${text}\n`)
  }
}
