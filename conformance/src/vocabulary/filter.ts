/** Predicates: `filter`, and `filterFn` of reduceByKeyAndWindow, which gets the (key, value) pair. */
export const filterFunctions = {
  is_even: (x: number) => x % 2 === 0,
  is_positive: (x: number) => x > 0,
  non_empty: (x: string) => x !== '',
  never: () => false,
  not_null: (x: unknown) => x !== null,
  value_positive: (pair: readonly [unknown, number]) => pair[1] > 0,
  value_nonzero: (pair: readonly [unknown, number]) => pair[1] !== 0,
  key_not_b: (pair: readonly [unknown, unknown]) => pair[0] !== 'b',
}
