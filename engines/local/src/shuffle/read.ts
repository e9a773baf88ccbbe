import { compareKeys, decodePairs } from '@dstream/core/engine'
import type { Cancellation } from '../tasks/cancellation.ts'
import type { ShuffleBlock } from '../tasks/task-spec.ts'
import { CellMap } from './cells.ts'

/** The functions that merge what the map tasks wrote for one key. */
export interface Merge {
  readonly create: (value: unknown) => unknown
  readonly mergeValue: (combiner: unknown, value: unknown) => unknown
  readonly mergeCombiners: (a: unknown, b: unknown) => unknown
  /** The blocks hold combiners already. */
  readonly combined: boolean
  readonly cancellation: Cancellation
}

export type BytesOf = (block: ShuffleBlock) => Uint8Array

/** Merges the blocks of one reduce partition by key, in the order of the map tasks. */
export function readMerged(blocks: readonly ShuffleBlock[], bytesOf: BytesOf, merge: Merge): CellMap {
  const cells = new CellMap()
  const { create, mergeValue, mergeCombiners, combined } = merge
  const { cancelled, taskId, giveUp } = merge.cancellation
  for (const block of blocks) {
    const { keys, values } = decodePairs(bytesOf(block))
    for (let i = 0; i < keys.length; i++) {
      if (cancelled[0] === taskId) giveUp()
      const key = keys[i]
      const cell = cells.get(key)
      if (cell === undefined) cells.add(key, combined ? values[i] : create(values[i]))
      else cell.value = combined ? mergeCombiners(cell.value, values[i]) : mergeValue(cell.value, values[i])
    }
  }
  return cells
}

/** The pairs of one reduce partition, one array for each block. */
export function* readPairs(blocks: readonly ShuffleBlock[], bytesOf: BytesOf): Generator<[unknown, unknown][]> {
  for (const block of blocks) {
    const { keys, values } = decodePairs(bytesOf(block))
    yield keys.map((key, i) => [key, values[i]])
  }
}

/** Pairs in the order of their keys; equal keys stay in the order in which they came. */
export function sortedByKey(pairs: [unknown, unknown][], order: 'ascending' | 'descending'): [unknown, unknown][] {
  return pairs.sort(order === 'ascending' ? (a, b) => compareKeys(a[0], b[0]) : (a, b) => compareKeys(b[0], a[0]))
}
