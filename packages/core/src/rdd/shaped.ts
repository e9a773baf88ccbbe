/**
 * What a function may return as a record. It restricts nothing; it makes TypeScript read `[word, 1]` as a pair instead of as an array of
 * `string | number`.
 */
export type Shaped = [unknown, unknown] | {} | null | undefined // oxlint-disable-line no-empty-object-type

/** The records of a partition: an iterator that can be looped over once. */
export type Records<T> = IteratorObject<T, undefined, unknown>
