type Pair = readonly [number, number]
const bySize = (a: number, b: number) => a - b

/** The three functions of `combineByKey`: create(v), mergeValue(c, v), mergeCombiners(a, b). */
export const combiners = {
  sum_count: [
    (v: number) => [v, 1],
    (c: Pair, v: number) => [c[0] + v, c[1] + 1],
    (a: Pair, b: Pair) => [a[0] + b[0], a[1] + b[1]],
  ],
  sorted_list: [
    (v: number) => [v],
    (c: readonly number[], v: number) => [v, ...c].sort(bySize),
    (a: readonly number[], b: readonly number[]) => [...a, ...b].sort(bySize),
  ],
  min_max: [
    (v: number) => [v, v],
    (c: Pair, v: number) => [Math.min(c[0], v), Math.max(c[1], v)],
    (a: Pair, b: Pair) => [Math.min(a[0], b[0]), Math.max(a[1], b[1])],
  ],
}
