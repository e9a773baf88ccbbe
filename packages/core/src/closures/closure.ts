import type { Entry } from './format.ts'

/** A function with any parameters: the parameter types are checked where the operator is declared, not here. */
export type AnyFunction = (...args: never[]) => unknown

/**
 * A user function as data: its source, the values of its free variables and where it was written.
 * It can be sent to another thread or machine, stored in a checkpoint and run again after a restart.
 *
 * `id` is a hash of the code and of the captured values; equal ids mean the same function. `codeId` is a hash of
 * the code alone: a worker compiles a function once per `codeId` and gives it fresh captured values for each task.
 *
 * The type parameter only remembers the function's type; nothing of that type is inside.
 */
export interface Closure<F extends AnyFunction = AnyFunction> {
  readonly kind: 'closure'
  readonly id: string
  readonly codeId: string
  /** The function's own name, or `''`. */
  readonly name: string
  /** Where the user applied the operator, `file:line:column`, source maps applied. */
  readonly site: string
  /** Declared `async`: only operators that await may take it. */
  readonly async: boolean
  /** The captured graph of values and functions: a flat table, structured-cloneable and JSON-able (see format.ts). */
  readonly graph: ClosureGraph
  readonly type?: F
}

/** The flat table of values that a closure is made of. Its entries refer to each other by index, so it may hold cycles. */
export interface ClosureGraph {
  readonly version: 1
  readonly root: number
  readonly entries: readonly Entry[]
}

/**
 * A function that this project itself provides in every worker, by name: `mapValues`, `groupValues`, …
 * Its arguments are functions (closures or builtins) and plain data. Derived operators are made of these, so that a plan
 * never has to capture the project's own code.
 */
export interface Builtin {
  readonly kind: 'builtin'
  readonly name: string
  readonly functions: readonly TaskFunction[]
  /** Plain data: structured-cloneable and JSON-able. */
  readonly data: readonly unknown[]
}

/** What a plan holds wherever a task has to call something. */
export type TaskFunction = Closure | Builtin
