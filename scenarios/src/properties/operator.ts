import type { RDD } from '@dstream/core'
import { eachRecord, inAnyOrder, inPartitions, type Kind, type Model, type RecordOf } from './model.ts'

/** A handle on a dataset of a kind. */
export type Handle<K extends Kind> = RDD<RecordOf[K]>

/** An operator as random programs use it: what it makes of datasets, and what the model makes of theirs. */
export interface Operator {
  readonly takes: readonly Kind[]
  readonly apply: (parents: never, n: number) => RDD<unknown>
  /** Undefined where the operator cannot be applied to these. */
  readonly model: (parents: readonly Model[], n: number) => Model | undefined
}

/** Datasets are small, and stay so: what would grow beyond this is left out. */
export const mostRecords = 300

/** An operator of one dataset whose function sees one record at a time. */
export const perRecord = <A extends Kind, B extends Kind>(
  from: A,
  to: B,
  apply: (a: Handle<A>, n: number) => RDD<RecordOf[B]>,
  model: (record: RecordOf[A], n: number) => readonly RecordOf[B][],
): Operator => ({
  takes: [from],
  apply: ([a]: [Handle<A>], n) => apply(a, n),
  model: ([a], n) => eachRecord(a!, to, (record: RecordOf[A]) => model(record, n)),
})

/** An operator of one dataset that moves records about. */
export const shuffling = <A extends Kind, B extends Kind>(
  from: A,
  to: B,
  apply: (a: Handle<A>, n: number) => RDD<RecordOf[B]>,
  model: (records: readonly RecordOf[A][], n: number) => readonly RecordOf[B][],
): Operator => ({
  takes: [from],
  apply: ([a]: [Handle<A>], n) => apply(a, n),
  model: ([a], n) => inAnyOrder(to, model(a!.records as RecordOf[A][], n)),
})

/** An operator of one dataset whose result depends on its partitions. */
export const perPartition = <A extends Kind, B extends Kind>(
  from: A,
  to: B,
  apply: (a: Handle<A>, n: number) => RDD<RecordOf[B]>,
  model: (partitions: readonly (readonly RecordOf[A][])[], n: number) => readonly (readonly RecordOf[B][])[],
): Operator => ({
  takes: [from],
  apply: ([a]: [Handle<A>], n) => apply(a, n),
  model: ([a], n) => {
    if (a!.partitions === undefined) return undefined
    return inPartitions(to, model(a!.partitions as (readonly RecordOf[A][])[], n))
  },
})

/** An operator of two datasets that moves records about. */
export const shufflingBoth = <A extends Kind, B extends Kind, C extends Kind>(
  from: readonly [A, B],
  to: C,
  apply: (a: Handle<A>, b: Handle<B>, n: number) => RDD<RecordOf[C]>,
  model: (a: readonly RecordOf[A][], b: readonly RecordOf[B][], n: number) => readonly RecordOf[C][],
): Operator => ({
  takes: from,
  apply: ([a, b]: [Handle<A>, Handle<B>], n) => apply(a, b, n),
  model: ([a, b], n) => {
    if (a!.records.length * b!.records.length > mostRecords * 4) return undefined
    return inAnyOrder(to, model(a!.records as RecordOf[A][], b!.records as RecordOf[B][], n))
  },
})
