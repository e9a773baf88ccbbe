const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/** `updateStateByKey`: (values of the batch, state or undefined) to the new state; undefined drops the key. */
export const updateFunctions = {
  running_sum: (values: readonly number[], state: number | undefined) => sum(values) + (state ?? 0),
  sum_until_quiet: (values: readonly number[], state: number | undefined) =>
    values.length === 0 ? undefined : sum(values) + (state ?? 0),
  drop_at_ten: (values: readonly number[], state: number | undefined) => {
    const total = sum(values) + (state ?? 0)
    return total >= 10 ? undefined : total
  },
  count_calls: (values: readonly number[], state: readonly [number, number] | undefined) => {
    const [calls, total] = state ?? [0, 0]
    return [calls + 1, total + sum(values)]
  },
  expire_two: (values: readonly number[], state: readonly [number, number] | undefined) => {
    const [total, quiet] = state ?? [0, 0]
    const nowQuiet = values.length === 0 ? quiet + 1 : 0
    return nowQuiet >= 2 ? undefined : [total + sum(values), nowQuiet]
  },
  batch_count: (values: readonly unknown[]) => values.length,
  max_seen: (values: readonly number[], state: number | undefined) => {
    const seen = state === undefined ? values : [...values, state]
    return seen.length > 0 ? Math.max(...seen) : undefined
  },
  never_keep: () => undefined,
}

/** The form with the batch time: (batch time in ms, key, values, state or undefined). */
export const updateTimeFunctions = {
  time_sum: (timeMs: number, _key: unknown, values: readonly unknown[], state: number | undefined) =>
    values.length > 0 ? timeMs + (state ?? 0) : (state ?? 0),
  last_seen: (timeMs: number, _key: unknown, values: readonly unknown[], state: number | undefined) => {
    if (values.length > 0) return timeMs
    return state !== undefined && timeMs - state < 2000 ? state : undefined
  },
  key_time: (timeMs: number, key: unknown, values: readonly unknown[]) => [key, timeMs, values.length],
}

type Entry = readonly [key: unknown, values: readonly number[], state: number | undefined]

/** The form on iterators: every [key, values, state or undefined] of a partition to [key, state] pairs; a key without a pair is dropped. */
export const updateIteratorFunctions = {
  iter_running_sum: (entries: Iterable<Entry>) =>
    Array.from(entries, ([key, values, state]) => [key, sum(values) + (state ?? 0)]),
  iter_drop_even: (entries: Iterable<Entry>) =>
    Array.from(entries, ([key, values, state]) => [key, sum(values) + (state ?? 0)] as const).filter(
      pair => pair[1] % 2 !== 0,
    ),
  iter_only_new: (entries: Iterable<Entry>) =>
    [...entries].filter(([, , state]) => state === undefined).map(([key, values]) => [key, sum(values)]),
}
