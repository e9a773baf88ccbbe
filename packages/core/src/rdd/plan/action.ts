import type { TaskFunction } from '../../closures/closure.ts'

/**
 * What is done with the records of each asked partition; the result of a partition reaches the driver.
 *
 * - `collect`: the records, as an array;  `take`: the first `limit` of them;  `count`: how many there are;
 * - `run`: `f(iterator, partitionIndex)`, whatever it returns, awaited when `async`. Every other action is made of it. `beside`: while it waits for
 *   something, its worker may run other tasks.
 */
export type Action =
  | { readonly kind: 'collect' }
  | { readonly kind: 'take'; readonly limit: number }
  | { readonly kind: 'count' }
  | { readonly kind: 'run'; readonly f: TaskFunction; readonly async: boolean; readonly beside?: boolean }
