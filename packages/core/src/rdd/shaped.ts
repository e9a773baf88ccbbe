/**
 * What a function may return as a record. It restricts nothing; it makes TypeScript read `[word, 1]` as a pair instead of as an array of
 * `string | number`.
 */
export type Shaped = [unknown, unknown] | {} | null | undefined // oxlint-disable-line no-empty-object-type

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
