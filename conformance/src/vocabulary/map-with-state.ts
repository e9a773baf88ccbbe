/** What the functions below use of a state. */
interface State {
  exists(): boolean
  get(): number
  getOption(): number | undefined
  update(value: number | null | undefined): void
  remove(): void
  isTimingOut(): boolean
}

type Value = number | undefined

const total = (value: Value, state: State) => (value ?? 0) + (state.exists() ? state.get() : 0)

/**
 * The text "ok" when `f` does not throw, else [simple name of Spark's exception class, Spark's message]: the first line of ours, which of the refusals
 * lacks what Scala's `require` puts before it.
 */
function attempt(f: () => void): unknown {
  try {
    f()
    return 'ok'
  } catch (error) {
    const { code, message = '' } = error as { readonly code?: string; readonly message?: string }
    const [text] = message.split('\n')
    if (code === 'STATE_NOT_SET') return ['NoSuchElementException', text]
    return ['IllegalArgumentException', code === 'STATE_CHANGE_REFUSED' ? `requirement failed: ${text}` : text]
  }
}

/** `mapWithState`: (key, value or undefined, state) to one mapped element. */
export const stateFunctions = {
  ms_running_sum: (key: unknown, value: Value, state: State) => {
    const sum = total(value, state)
    state.update(sum)
    return [key, sum]
  },
  ms_sum_only: (_key: unknown, value: Value, state: State) => {
    const sum = total(value, state)
    state.update(sum)
    return sum
  },
  ms_toggle: (key: unknown, value: Value, state: State) => {
    if (state.exists()) {
      state.remove()
      return [key, 'removed']
    }
    state.update(value)
    return [key, 'set']
  },
  ms_timeout: (key: unknown, value: Value, state: State) => {
    if (state.isTimingOut()) return [key, 'timeout', state.get()]
    const sum = total(value, state)
    state.update(sum)
    return [key, 'update', sum]
  },
  ms_view: (key: unknown, value: Value, state: State) => [key, value, state.getOption(), state.exists()],
  ms_set_once: (key: unknown, value: Value, state: State) => {
    if (!state.exists()) state.update(value)
    return [key, state.get()]
  },
  ms_drop_at_ten: (key: unknown, value: Value, state: State) => {
    const sum = total(value, state)
    if (sum >= 10) {
      if (state.exists()) state.remove()
      return [key, sum, 'out']
    }
    state.update(sum)
    return [key, sum, 'in']
  },
  ms_get_missing: (key: unknown, _value: Value, state: State) => [key, attempt(() => state.get()), state.getOption()],
  ms_update_after_remove: (key: unknown, value: Value, state: State) => {
    state.update(value)
    state.remove()
    return [key, state.exists(), attempt(() => state.update(1)), attempt(() => state.remove())]
  },
  ms_remove_missing: (key: unknown, _value: Value, state: State) => [
    key,
    attempt(() => state.remove()),
    state.exists(),
  ],
  ms_update_null: (key: unknown, _value: Value, state: State) => {
    state.update(null)
    return [key, state.exists(), attempt(() => state.get())]
  },
  ms_probe_timeout: (key: unknown, value: Value, state: State) => {
    if (state.isTimingOut()) return [key, value, attempt(() => state.update(1)), attempt(() => state.remove())]
    state.update(value)
    return [key, state.isTimingOut()]
  },
}

/** The form with the batch time: (batch time in ms, key, value or undefined, state) to a mapped element, or undefined for none. */
export const stateTimeFunctions = {
  mst_even_only: (timeMs: number, key: unknown, value: Value, state: State) => {
    const sum = total(value, state)
    state.update(sum)
    return sum % 2 === 0 ? [key, sum, timeMs] : undefined
  },
  mst_none: (_timeMs: number, _key: unknown, value: Value, state: State) => {
    state.update(total(value, state))
    return undefined
  },
  mst_timeout_only: (timeMs: number, key: unknown, _value: Value, state: State) => {
    if (state.isTimingOut()) return [key, timeMs]
    state.update(timeMs)
    return undefined
  },
}
