import type { ClassRegistry } from '../classes.ts'

/** How a list of values will be written: a column of one kind, with the columns inside it. */
export type Column =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'boolean'; readonly values: readonly boolean[] }
  | { readonly kind: 'int32' | 'float64'; readonly values: readonly number[] }
  | { readonly kind: 'bigint64'; readonly values: readonly bigint[] }
  | { readonly kind: 'text'; readonly values: readonly string[] }
  | { readonly kind: 'date'; readonly values: readonly Date[] }
  /** Primitives of several types: which of `unionTypes` each is, and a column for each type. */
  | { readonly kind: 'union'; readonly selectors: Uint8Array; readonly members: readonly (Column | undefined)[] }
  | { readonly kind: 'tuple'; readonly parts: readonly Column[] }
  | {
      readonly kind: 'object'
      readonly form: ObjectForm
      readonly names: readonly string[]
      readonly parts: readonly Column[]
    }
  /** Arrays of any lengths whose items are primitives, laid end to end. */
  | { readonly kind: 'list'; readonly values: readonly (readonly unknown[])[]; readonly items: Column }
  /** Anything, value by value. `path` is where in the record it is, for messages. */
  | { readonly kind: 'structured'; readonly values: readonly unknown[]; readonly path: string }

/** What the objects of an object column are: literals, objects without prototype, or instances of the class of that name. */
export type ObjectForm = 'plain' | 'bare' | { readonly classId: string }

/** The members of a union column, by selector. The first two need no column. */
export const unionTypes = ['undefined', 'null', 'boolean', 'number', 'string', 'bigint'] as const

/**
 * What planning found out about the objects in the records, to keep those that occur twice in one record one object (columns would
 * make two of them).
 */
export interface Planning {
  readonly registry: ClassRegistry
  /** For each place in the records that holds an object: the object of each record. */
  readonly places: (readonly object[])[]
  /** How many columns are structured. */
  structured: number
}
