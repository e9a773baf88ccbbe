/** A function inside a task, whose types the operator has checked at its edge. */
export type Fn = (...args: unknown[]) => unknown

/** A record of a pair dataset. */
export type Pair = readonly [key: unknown, value: unknown]
