import { canonical } from './canonical.ts'

/** What a dataset of a random program holds, as plain arrays: the model that every engine is held against. */
export interface Model {
  readonly kind: Kind
  readonly records: readonly unknown[]
  /** Where it is promised which record is in which partition. */
  readonly partitions?: readonly (readonly unknown[])[]
  /** Whether the order of all records is promised. */
  readonly ordered: boolean
}

/** What the records of a dataset are, as far as operators have to know. */
export type Kind = keyof RecordOf

export interface RecordOf {
  number: number
  text: string
  pair: readonly [unknown, number]
  other: unknown
}

/** Records of which it is known in which partition they are. */
export const inPartitions = (kind: Kind, partitions: readonly (readonly unknown[])[]): Model => ({
  kind,
  partitions,
  records: partitions.flat(1),
  ordered: true,
})

/** Records in an order that is promised, cut anyhow. */
export const inOrder = (kind: Kind, records: readonly unknown[]): Model => ({ kind, records, ordered: true })

/** Records in any order. */
export const inAnyOrder = (kind: Kind, records: readonly unknown[]): Model => ({ kind, records, ordered: false })

/** The model after a function of one record, which leaves order and partitions as they are. */
export function eachRecord(
  { records, partitions, ordered }: Model,
  kind: Kind,
  f: (record: never) => readonly unknown[],
): Model {
  const all = (of: readonly unknown[]): unknown[] => of.flatMap(f as (record: unknown) => readonly unknown[])
  return partitions === undefined ? { kind, records: all(records), ordered } : inPartitions(kind, partitions.map(all))
}

/** The values of each key. */
export function groupsOf<K, V>(pairs: Iterable<readonly [K, V]>): [key: K, values: V[]][] {
  const found = new Map<string, [K, V[]]>()
  for (const [key, value] of pairs) {
    const group = found.get(canonical(key))
    if (group === undefined) found.set(canonical(key), [key, [value]])
    else group[1].push(value)
  }
  return [...found.values()]
}

/** Each record once. */
export const distinct = <T>(records: readonly T[]): T[] => groupsOf(records.map(x => [x, x])).map(([x]) => x)

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
