/** Binary functions: `reduce`, `reduceByKey`, windows, `fold`, `aggregate`. As `invFn` the call is (current, leaving). */
export const reduceFunctions = {
  sum: (a: number, b: number) => a + b,
  minus: (a: number, b: number) => a - b,
  max: (a: number, b: number) => Math.max(a, b),
  min: (a: number, b: number) => Math.min(a, b),
  mul: (a: number, b: number) => a * b,
  xor: (a: number, b: number) => a ^ b,
  concat: (a: string, b: string) => a + b,
  left: (a: unknown) => a,
  max_str: (a: string, b: string) => (a >= b ? a : b),
  pair_sum: (a: readonly [number, number], b: readonly [number, number]) => [a[0] + b[0], a[1] + b[1]],
  sum_second_count: (a: readonly [number, number], value: number) => [a[0] + value, a[1] + 1],
}
