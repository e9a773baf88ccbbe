import { DStreamError } from '../errors/dstream-error.ts'
import { shown } from '../errors/shown.ts'

/** @throws DStreamError NOT_A_COLLECTION */
export function iterable<T>(operator: string, values: Iterable<T>): Iterable<T> {
  const given = values as Partial<Iterable<T>> | null | undefined
  if (typeof given?.[Symbol.iterator] === 'function') return values
  throw new DStreamError('NOT_A_COLLECTION', `The values given to ${operator} are ${shown(values)}`, {
    hint: `Give an array: ${operator}([…]).`,
  })
}

/** @throws DStreamError PARTITION_COUNT */
export function positiveSlices(numSlices: number): void {
  if (Number.isInteger(numSlices) && numSlices >= 1) return
  throw new DStreamError('PARTITION_COUNT', `Positive number of partitions required, not ${numSlices}`, {
    hint: 'Give a whole number of partitions, 1 or more.',
  })
}
