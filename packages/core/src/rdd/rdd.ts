import { refusesToTravel } from '../closures/index.ts'
import type { KeyMap } from '../codec/index.ts'
import { collect } from './actions/collect.ts'
import { count } from './actions/count.ts'
import { foreach, foreachPartition } from './actions/foreach.ts'
import { countByValue } from './actions/keyed.ts'
import { max, min, takeOrdered, top, type Compare } from './actions/ordered.ts'
import { aggregate, fold, reduce } from './actions/reduce.ts'
import { saveAsTextFile } from './actions/save-as-text-file.ts'
import { first, isEmpty, take } from './actions/take.ts'
import { treeAggregate, treeReduce } from './actions/tree.ts'
import './builtins/index.ts'
import { debugString, describe } from './debug-string.ts'
import { DoubleRDDFunctions } from './double-rdd-functions.ts'
import * as operators from './operators/index.ts'
import type { MapAsyncOptions } from './operators/map-async.ts'
import { Partitioner, type Partitioning } from './partitioners/partitioner.ts'
import type { RddNode } from './plan/node.ts'
import { allowingAsync, refusingAsync } from './rdd-handle.ts'
import type { Grown, Records, Shaped } from './shaped.ts'
import { StorageLevel } from './storage-level.ts'

export type { CombineOptions } from './pair-rdd-functions.ts'

/**
 * An immutable dataset in partitions: a plan that is run when an action asks for its records. A thin handle over a plan node; each
 * operator makes a new one, each action gives a promise.
 *
 * Functions given to operators run in tasks, elsewhere: they and what they capture are copied when the operator is applied. Operators on pairs
 * (`reduceByKey`, `join`, …) are there when the records are pairs `[key, value]`; keys are equal by content.
 *
 * @see guide, "RDDs, accumulators, broadcasts"; Spark's RDD and PairRDDFunctions
 * @example
 * await sc.parallelize(['a b', 'b']).flatMap(line => line.split(' ')).map(word => [word, 1]).reduceByKey((a, b) => a + b).collect()
 */
export class RDD<T> extends DoubleRDDFunctions {
  static readonly [refusesToTravel] =
    'lives in the driver: tasks cannot use an RDD\nCollect what the function needs first, or join the two datasets.'

  // ── One record at a time ──

  /** One record for each record. */
  map<U extends Shaped>(f: (record: T) => U): RDD<U> {
    return this.to(operators.map(this.make, this.node, refusingAsync('map', f)))
  }

  /** Zero or more records for each record. */
  flatMap<U extends Shaped>(f: (record: T) => Iterable<U>): RDD<U> {
    return this.to(operators.flatMap(this.make, this.node, refusingAsync('flatMap', f)))
  }

  /** The records for which `f` holds. */
  filter<S extends T>(f: (record: T) => record is S): RDD<S>
  filter(f: (record: T) => boolean): RDD<T>
  filter(f: (record: T) => boolean): RDD<T> {
    return this.to(operators.filter(this.make, this.node, refusingAsync('filter', f)))
  }

  /** A pair for each record: the key that `f` gives, and the record. */
  keyBy<K extends Shaped>(f: (record: T) => K): RDD<[K, T]> {
    return this.to(operators.keyBy(this.make, this.node, refusingAsync('keyBy', f)))
  }

  /**
   * What an asynchronous function gives for each record: a look-up in a service, a query. At most `concurrency` calls are under way in each task
   * (default 16); the order of records is kept unless `ordered` is false. After an error no call is begun, and the task fails when those under
   * way have ended.
   *
   * @throws DStreamError MAP_ASYNC_CONCURRENCY
   */
  mapAsync<U extends Shaped>(f: (record: T) => Promise<U>, options: MapAsyncOptions = {}): RDD<U> {
    const settings = operators.mapAsyncOptions(options)
    return this.to(operators.mapAsync(this.make, this.node, allowingAsync('mapAsync', f), settings))
  }

  // ── One partition at a time ──

  /**
   * Each partition as a whole; an `async` function (or async generator) is awaited. `preservesPartitioning`: `f` leaves the keys of pairs
   * as they are, so what is known of their spread still holds.
   */
  mapPartitions<U extends Shaped>(
    f: (records: Records<T>) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>,
    preservesPartitioning = false,
  ): RDD<U> {
    return this.to(
      operators.mapPartitions(this.make, this.node, allowingAsync('mapPartitions', f), { preservesPartitioning }),
    )
  }

  /** As mapPartitions, the index of the partition first. */
  mapPartitionsWithIndex<U extends Shaped>(
    f: (
      partition: number,
      records: Records<T>,
    ) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>,
    preservesPartitioning = false,
  ): RDD<U> {
    const closure = allowingAsync('mapPartitionsWithIndex', f)
    return this.to(operators.mapPartitionsWithIndex(this.make, this.node, closure, { preservesPartitioning }))
  }

  /** One array for each partition. */
  glom(): RDD<T[]> {
    return this.to(operators.glom(this.make, this.node))
  }

  // ── Partitions ──

  /** Fewer partitions, neighbours together and without a shuffle; with `shuffle`, any number, records dealt out evenly. */
  coalesce(numPartitions: number, shuffle = false): RDD<T> {
    return this.to(operators[shuffle ? 'repartition' : 'coalesce'](this.make, this.node, numPartitions))
  }

  /** Any number of partitions, records dealt out evenly through a shuffle. */
  repartition(numPartitions: number): RDD<T> {
    return this.to(operators.repartition(this.make, this.node, numPartitions))
  }

  getNumPartitions(): number {
    return this.node.numPartitions
  }

  /** How pairs are spread, where that is known. */
  get partitioner(): Partitioner | undefined {
    return this.node.partitioner && new Partitioner(this.node.partitioner)
  }

  // ── Several datasets ──

  /** The records of this dataset, then those of the other. */
  union<U>(other: RDD<U>): RDD<T | U> {
    return this.to(operators.union(this.make, [this.node, other.node]))
  }

  /** The records that both have, each once. */
  intersection(other: RDD<T>, partitioning?: Partitioning): RDD<T> {
    return this.to(operators.intersection(this.make, this.node, other.node, this.spreadByRecord(partitioning, other)))
  }

  /** The records that the other has not, as often as they come. */
  subtract(other: RDD<T>, partitioning?: Partitioning): RDD<T> {
    return this.to(
      operators.subtract(
        this.make,
        this.node,
        other.node,
        this.spreadByRecord(partitioning ?? this.node.numPartitions, other),
      ),
    )
  }

  /** Every pair of a record of this and one of the other. */
  cartesian<U>(other: RDD<U>): RDD<[T, U]> {
    return this.to(operators.cartesian(this.make, this.node, other.node))
  }

  /** First with first, second with second…; both need equally many in every partition. */
  zip<U>(other: RDD<U>): RDD<[T, U]> {
    return this.to(operators.zip(this.make, this.node, other.node))
  }

  /** Each record with its index over all partitions. */
  zipWithIndex(): RDD<[T, number]> {
    return this.to(operators.zipWithIndex(this.make, this.node))
  }

  /** Each record with a number that no other has, without counting first. */
  zipWithUniqueId(): RDD<[T, number]> {
    return this.to(operators.zipWithUniqueId(this.make, this.node))
  }

  // ── By content ──

  /** Each record once. */
  distinct(numPartitions = this.node.numPartitions): RDD<T> {
    return this.to(operators.distinct(this.make, this.node, numPartitions))
  }

  /** The records of each key that `f` gives. */
  groupBy<K extends Shaped>(f: (record: T) => K, partitioning?: Partitioning): RDD<[K, T[]]> {
    return this.to(operators.groupBy(this.make, this.node, refusingAsync('groupBy', f), this.spread(partitioning)))
  }

  /** Records in the order of what `f` makes of them. */
  sortBy<K>(f: (record: T) => K, ascending = true, numPartitions = this.node.numPartitions): RDD<T> {
    return this.to(operators.sortBy(this.make, this.node, refusingAsync('sortBy', f), { ascending, numPartitions }))
  }

  // ── Actions ──

  /** All records, in the order of the partitions. */
  collect(): Promise<T[]> {
    return collect(this)
  }

  /** How many records there are. */
  count(): Promise<number> {
    return count(this)
  }

  /** The first `n` records; scans no more partitions than needed. */
  take(n: number): Promise<T[]> {
    return take(this, n)
  }

  /** The first record. @throws EMPTY_COLLECTION */
  first(): Promise<T> {
    return first(this)
  }

  /** Whether there is no record. */
  isEmpty(): Promise<boolean> {
    return isEmpty(this)
  }

  /** Merges all records into one. @throws EMPTY_COLLECTION */
  reduce(f: (a: T, b: T) => T): Promise<T> {
    return reduce(this, f)
  }

  /** As reduce; the results of partitions are merged in tasks, in a tree of the given depth. */
  treeReduce(f: (a: T, b: T) => T, depth = 2): Promise<T> {
    return treeReduce(this, f, depth)
  }

  /** As reduce, from a zero for each partition and one for their results. */
  fold(zero: T, f: (a: T, b: T) => T): Promise<T> {
    return fold(this, zero, f)
  }

  /** Merges records into a zero in each partition, then the results into another. */
  aggregate<U extends Shaped>(
    zero: U,
    seqOp: (merged: Grown<U>, record: T) => Grown<U>,
    combOp: (a: Grown<U>, b: Grown<U>) => Grown<U>,
  ): Promise<Grown<U>> {
    return aggregate(this, zero as Grown<U>, seqOp, combOp)
  }

  /** As aggregate; the results of partitions are merged in tasks, in a tree of the given depth. */
  treeAggregate<U extends Shaped>(
    zero: U,
    seqOp: (merged: Grown<U>, record: T) => Grown<U>,
    combOp: (a: Grown<U>, b: Grown<U>) => Grown<U>,
    depth = 2,
  ): Promise<Grown<U>> {
    return treeAggregate(this, zero as Grown<U>, { seqOp, combOp }, depth)
  }

  /** Calls `f` for each record, in tasks. */
  foreach(f: (record: T) => void): Promise<void> {
    return foreach(this, f)
  }

  /** Calls `f` once for each partition, in tasks; what it returns is awaited. */
  foreachPartition(f: (records: Records<T>) => void | Promise<void>): Promise<void> {
    return foreachPartition(this, f)
  }

  /** The last `n` records in natural order, largest first; `compare` gives another order. */
  top(n: number, compare?: Compare<T>): Promise<T[]> {
    return top(this, n, compare)
  }

  /** The first `n` records in natural order; `compare` gives another order. */
  takeOrdered(n: number, compare?: Compare<T>): Promise<T[]> {
    return takeOrdered(this, n, compare)
  }

  /** The largest record. @throws EMPTY_COLLECTION */
  max(compare?: Compare<T>): Promise<T> {
    return max(this, compare)
  }

  /** The smallest record. @throws EMPTY_COLLECTION */
  min(compare?: Compare<T>): Promise<T> {
    return min(this, compare)
  }

  /** How often each record comes. */
  countByValue(): Promise<KeyMap<T, number>> {
    return countByValue(this)
  }

  /** Writes a directory of text files, one for each partition. @throws OUTPUT_EXISTS */
  saveAsTextFile(directory: string): Promise<void> {
    return saveAsTextFile(this, directory)
  }

  // ── Keeping and telling ──

  /** Keeps the partitions once they are computed. Gives this dataset back. */
  persist(level: StorageLevel = StorageLevel.MEMORY_ONLY): this {
    this.context.persist(this.node, level)
    return this
  }

  /** `persist` in memory. */
  cache(): this {
    return this.persist()
  }

  /** Forgets what is kept. */
  unpersist(): this {
    this.context.unpersist(this.node)
    return this
  }

  getStorageLevel(): StorageLevel {
    return this.context.levelOf(this.node)
  }

  get id(): number {
    return this.node.id
  }

  /** The name given by `setName`. */
  get name(): string | undefined {
    return this.context.nameOf(this.node)
  }

  setName(name: string): this {
    this.context.setName(this.node, name)
    return this
  }

  /** The lineage as text, newest first. */
  toDebugString(): string {
    return debugString(this)
  }

  override toString(): string {
    return describe(this)
  }

  protected override to<U>(node: RddNode): RDD<U> {
    return new RDD(this.context, node)
  }
}
