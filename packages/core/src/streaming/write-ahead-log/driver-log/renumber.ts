import type { LoggedBlock } from './driver-event.ts'
import type { DriverState } from './driver-state.ts'

/**
 * What the log says of inputs, by the numbers that they have in a program that may have changed: `before` and `now` are the keys of the inputs by
 * their numbers. What belonged to inputs that are no more is forgotten.
 */
export function renumbered(state: DriverState, before: readonly string[], now: readonly string[]): DriverState {
  if (before.length === now.length && before.every((key, i) => key === now[i])) return state
  const numberOf = (old: number): number | undefined => {
    const number = now.indexOf(before[old] ?? '')
    return number === -1 ? undefined : number
  }
  const moved = (blocks: readonly LoggedBlock[]): LoggedBlock[] =>
    blocks.flatMap(({ streamId, block }) => {
      const number = numberOf(streamId)
      return number === undefined ? [] : [{ streamId: number, block }]
    })
  const { blocks, inputs } = state
  return {
    ...state,
    blocks: {
      ...blocks,
      unallocated: moved(blocks.unallocated),
      batches: new Map([...blocks.batches].map(([timeMs, ofBatch]) => [timeMs, moved(ofBatch)])),
    },
    inputs: new Map(
      [...inputs].flatMap(([timeMs, ofBatch]) => {
        const ranges = [...ofBatch].flatMap(([input, range]) => {
          const number = numberOf(input)
          return number === undefined ? [] : [[number, range] as const]
        })
        return ranges.length === 0 ? [] : [[timeMs, new Map(ranges)] as const]
      }),
    ),
  }
}
