import { registerBuiltins } from '../../closures/index.ts'
import { Time } from '../../time/index.ts'
import type { Fn } from './function-types.ts'

/** The forms of the functions that change keyed state, brought into the ones that plans have (StateUpdate in plan/node.ts). */
registerBuiltins({
  updateState: ([f]) => {
    const update = f as Fn
    return (_timeMs: number, _key: unknown, values: readonly unknown[], state: unknown) => update(values, state)
  },
  updateStateWithTime: ([f]) => {
    const update = f as Fn
    const timeOf = rememberingTime()
    return (timeMs: number, key: unknown, values: readonly unknown[], state: unknown) =>
      update(timeOf(timeMs), key, values, state)
  },
  updateStateWhole: ([f]) => {
    const update = f as Fn
    return (_timeMs: number, entries: Iterable<unknown>) => update(Iterator.from(entries))
  },
  mapState: ([f]) => {
    const map = f as Fn
    return (_timeMs: number, key: unknown, value: unknown, state: unknown) => map(key, value, state)
  },
  mapStateWithTime: ([f]) => {
    const map = f as Fn
    const timeOf = rememberingTime()
    return (timeMs: number, key: unknown, value: unknown, state: unknown) => map(timeOf(timeMs), key, value, state)
  },
})

/** One Time for all calls of a batch. */
function rememberingTime(): (ms: number) => Time {
  let last = new Time(0)
  return ms => (last.milliseconds === ms ? last : (last = new Time(ms)))
}
