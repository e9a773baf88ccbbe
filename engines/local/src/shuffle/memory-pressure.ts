import { getHeapStatistics } from 'node:v8'

const limit = getHeapStatistics().heap_size_limit

/** Of this thread's heap. Writing out what is gathered takes as much again, and garbage and the user's functions need the rest. */
const enough = limit * 0.3

/** Asked once for so many records: it costs a microsecond. A power of two. */
export const ASK_EVERY = 32_768

/** Whether what is gathered should be written out before more is gathered. */
export const memoryIsShort = (): boolean => getHeapStatistics().used_heap_size > enough

/**
 * How many parts to cut encoded pairs into, so that the map of each part's keys takes a small part of the heap only: what it is read from,
 * and what is made of it, takes as much again.
 */
export function partsThatFit(encodedBytes: number): number {
  // A pair of a short text and a number is some 20 bytes, and eight times that as a cell of a map.
  const parts = Math.ceil((encodedBytes * 8) / (limit * 0.08))
  return Math.min(1024, 2 ** Math.ceil(Math.log2(Math.max(1, parts))))
}
