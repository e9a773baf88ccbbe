/**
 * What a function may return as a record. It restricts nothing; it makes TypeScript read `[word, 1]` as a pair instead of as an array of
 * `string | number`, and `[[word, hour], 1]` as a pair whose key is a pair. Values are not looked into: in `[word, [1]]` the value is a list.
 */
export type Shaped = [KeyShaped, unknown] | {} | null | undefined // oxlint-disable-line no-empty-object-type

type KeyShaped = [unknown, unknown] | {} | null | undefined // oxlint-disable-line no-empty-object-type

/** The records of a partition: an iterator that can be looped over once. */
export type Records<T> = IteratorObject<T, undefined, unknown>

/**
 * What a first value may become as others are merged into it: `0` stands for any number, a list of one for a list. (Beside `Shaped`,
 * TypeScript takes first values to be all that there is.)
 */
export type Grown<C> = C extends number
  ? number
  : C extends string
    ? string
    : C extends boolean
      ? boolean
      : C extends bigint
        ? bigint
        : C extends [infer V]
          ? V[]
          : C

/** What records (or values) have to be so that an `f: (a: A, b: A) => A` merges them; it says nothing about what `A` is. */
export type Mergeable<A> = [A] extends [never] ? unknown : NoInfer<A>

/**
 * What comes out of merging with an `f: (a: A, b: A) => A`: `A`. TypeScript does not look for `A` here, so that what the result is used for has
 * no say in it. (`NoInfer<A>` would do, but shows in the types of programs.)
 */
export type Merged<A> = [A] extends [infer X] ? X : never
