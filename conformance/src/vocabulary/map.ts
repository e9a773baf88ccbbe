/** Unary functions: `map`, `mapValues`, `keyBy`, `sortBy`, `groupBy`. Written from the words of vectors/README.md. */
export const mapFunctions = {
  identity: (x: unknown) => x,
  to_string: (x: number) => String(x),
  plus_one: (x: number) => x + 1,
  times_two: (x: number) => x * 2,
  times_ten: (x: number) => x * 10,
  negate: (x: number) => 0 - x,
  square: (x: number) => x * x,
  mod3: (x: number) => (x % 3) + 0,
  half: (x: number) => x / 2,
  length: (x: string) => x.length,
  upper: (x: string) => x.toUpperCase(),
  append_bang: (x: string) => x + '!',
  pair_one: (x: unknown) => [x, 1],
  pair_self: (x: unknown) => [x, x],
  pair_mod3: (x: number) => [(x % 3) + 0, x],
  pair_x: (x: unknown) => [x, 'x'],
  pair_null: (x: unknown) => [null, x],
  const_null: () => null,
  swap: (pair: readonly [unknown, unknown]) => [pair[1], pair[0]],
  first: (pair: readonly [unknown, unknown]) => pair[0],
  second: (pair: readonly [unknown, unknown]) => pair[1],
  opt_even: (x: number) => (x % 2 === 0 ? x : undefined),
  null_if_empty: (x: string) => (x === '' ? null : x),
  parse_long: (x: string) => {
    if (!/^[+-]?\d+$/.test(x)) throw new Error(`NumberFormatException: For input string: "${x}"`)
    return Number(x)
  },
  split_pair: (x: string) => {
    const colon = x.indexOf(':')
    return [x.slice(0, colon), Number(x.slice(colon + 1))]
  },
  fail_if_negative: (x: number) => {
    if (x < 0) throw new Error(`negative: ${x}`)
    return x
  },
  option_or_zero: (pair: readonly unknown[]) => pair.map(part => (part === undefined ? 0 : part)),
  add_pair: (pair: readonly [number, number]) => pair[0] + pair[1],
  seq_size: (elements: readonly unknown[]) => elements.length,
  seq_sorted: (elements: readonly (string | number)[]) => [...elements].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
}
