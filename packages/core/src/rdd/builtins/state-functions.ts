import { registerBuiltins } from '../../closures/builtins.ts'
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
  /**
   * What was saved of a state, in the form that its stream has now: of each record, a pair [key, state] or a triple with the time of the last update, the state through
   * `f(key, state, version)` where one is given, and a triple or a pair.
   */
  restoreState: ([f], [version, timeMs, to]) => {
    const migrate = f as Fn | undefined
    return (record: readonly [unknown, unknown, unknown?]) => {
      const [key, saved, updatedMs = timeMs] = record
      const state = migrate === undefined ? saved : migrate(key, saved, version)
      if (state === undefined) return []
      return [to === 'timed' ? [key, state, updatedMs] : [key, state]]
    }
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
