import { capture, refusesToTravel, type Closure } from '../closures/index.ts'
import type { KeyMap } from '../codec/index.ts'
import { collect } from './actions/collect.ts'
import { count } from './actions/count.ts'
import { foreach, foreachPartition } from './actions/foreach.ts'
import { collectAsMap, countByKey, countByValue, lookup, reduceByKeyLocally } from './actions/keyed.ts'
import { stats, sum } from './actions/numbers.ts'
import { max, min, takeOrdered, top, type Compare } from './actions/ordered.ts'
import { aggregate, fold, reduce } from './actions/reduce.ts'
import { saveAsTextFile } from './actions/save-as-text-file.ts'
import { first, isEmpty, take } from './actions/take.ts'
import { treeAggregate, treeReduce } from './actions/tree.ts'
import type { Dataset, MakeNode, RddContext } from './context.ts'
import './builtins/index.ts'
import { debugString, describe } from './debug-string.ts'
import * as operators from './operators/index.ts'
import { defaultPartitioner, partitionerOr } from './partitioners/default-partitioner.ts'
import { hashSpec } from './partitioners/hash-partitioner.ts'
import { Partitioner, type Partitioning } from './partitioners/partitioner.ts'
import type { RddNode } from './plan/node.ts'
import type { PartitionerSpec } from './plan/partitioner-spec.ts'
import type { Grown, Records, Shaped } from './shaped.ts'
import type { StatCounter } from './stat-counter.ts'
import { StorageLevel } from './storage-level.ts'

/** How combineByKey spreads and merges: a number of partitions or a partitioner alone will do. */
export interface CombineOptions {
  readonly partitioner?: Partitioning
  /** Merge inside each partition before the shuffle. Default true. */
  readonly mapSideCombine?: boolean
}

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
export class RDD<T> implements Dataset {
  static readonly [refusesToTravel] =
    'lives in the driver: tasks cannot use an RDD\nCollect what the function needs first, or join the two datasets.'
  readonly context: RddContext
  readonly node: RddNode

  constructor(context: RddContext, node: RddNode) {
    this.context = context
    this.node = node
  }

  // ── One record at a time ──

  /** One record for each record. */
  map<U extends Shaped>(f: (record: T) => U): RDD<U> {
    return this.#to(operators.map(this.#make, this.node, refusingAsync('map', f)))
  }

  /** Zero or more records for each record. */
  flatMap<U extends Shaped>(f: (record: T) => Iterable<U>): RDD<U> {
    return this.#to(operators.flatMap(this.#make, this.node, refusingAsync('flatMap', f)))
  }

  /** The records for which `f` holds. */
  filter<S extends T>(f: (record: T) => record is S): RDD<S>
  filter(f: (record: T) => boolean): RDD<T>
  filter(f: (record: T) => boolean): RDD<T> {
    return this.#to(operators.filter(this.#make, this.node, refusingAsync('filter', f)))
  }

  /** A pair for each record: the key that `f` gives, and the record. */
  keyBy<K extends Shaped>(f: (record: T) => K): RDD<[K, T]> {
    return this.#to(operators.keyBy(this.#make, this.node, refusingAsync('keyBy', f)))
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
    return this.#to(
      operators.mapPartitions(this.#make, this.node, allowingAsync('mapPartitions', f), { preservesPartitioning }),
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
    return this.#to(operators.mapPartitionsWithIndex(this.#make, this.node, closure, { preservesPartitioning }))
  }

  /** One array for each partition. */
  glom(): RDD<T[]> {
    return this.#to(operators.glom(this.#make, this.node))
  }

  // ── Partitions ──

  /** Fewer partitions, neighbours together and without a shuffle; with `shuffle`, any number, records dealt out evenly. */
  coalesce(numPartitions: number, shuffle = false): RDD<T> {
    return this.#to(operators[shuffle ? 'repartition' : 'coalesce'](this.#make, this.node, numPartitions))
  }

  /** Any number of partitions, records dealt out evenly through a shuffle. */
  repartition(numPartitions: number): RDD<T> {
    return this.#to(operators.repartition(this.#make, this.node, numPartitions))
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
    return this.#to(operators.union(this.#make, [this.node, other.node]))
  }

  /** The records that both have, each once. */
  intersection(other: RDD<T>, partitioning?: Partitioning): RDD<T> {
    return this.#to(operators.intersection(this.#make, this.node, other.node, this.#byRecord(partitioning, other)))
  }

  /** The records that the other has not, as often as they come. */
  subtract(other: RDD<T>, partitioning?: Partitioning): RDD<T> {
    return this.#to(
      operators.subtract(
        this.#make,
        this.node,
        other.node,
        this.#byRecord(partitioning ?? this.node.numPartitions, other),
      ),
    )
  }

  /** Every pair of a record of this and one of the other. */
  cartesian<U>(other: RDD<U>): RDD<[T, U]> {
    return this.#to(operators.cartesian(this.#make, this.node, other.node))
  }

  /** First with first, second with second…; both need equally many in every partition. */
  zip<U>(other: RDD<U>): RDD<[T, U]> {
    return this.#to(operators.zip(this.#make, this.node, other.node))
  }

  /** Each record with its index over all partitions. */
  zipWithIndex(): RDD<[T, number]> {
    return this.#to(operators.zipWithIndex(this.#make, this.node))
  }

  /** Each record with a number that no other has, without counting first. */
  zipWithUniqueId(): RDD<[T, number]> {
    return this.#to(operators.zipWithUniqueId(this.#make, this.node))
  }

  // ── By content ──

  /** Each record once. */
  distinct(numPartitions = this.node.numPartitions): RDD<T> {
    return this.#to(operators.distinct(this.#make, this.node, numPartitions))
  }

  /** The records of each key that `f` gives. */
  groupBy<K extends Shaped>(f: (record: T) => K, partitioning?: Partitioning): RDD<[K, T[]]> {
    return this.#to(operators.groupBy(this.#make, this.node, refusingAsync('groupBy', f), this.#spread(partitioning)))
  }

  /** Records in the order of what `f` makes of them. */
  sortBy<K>(f: (record: T) => K, ascending = true, numPartitions = this.node.numPartitions): RDD<T> {
    return this.#to(operators.sortBy(this.#make, this.node, refusingAsync('sortBy', f), { ascending, numPartitions }))
  }

  // ── Pairs ──

  /** The first part of each pair. */
  keys<K>(this: RDD<readonly [K, unknown]>): RDD<K> {
    return this.#to(operators.keys(this.#make, this.node))
  }

  /** The second part of each pair. */
  values<V>(this: RDD<readonly [unknown, V]>): RDD<V> {
    return this.#to(operators.values(this.#make, this.node))
  }

  /** Changes the values; keys stay, and stay where they are. */
  mapValues<K, V, W extends Shaped>(this: RDD<readonly [K, V]>, f: (value: V) => W): RDD<[K, W]> {
    return this.#to(operators.mapValues(this.#make, this.node, refusingAsync('mapValues', f)))
  }

  /** A pair for each value that `f` makes of a value. */
  flatMapValues<K, V, W extends Shaped>(this: RDD<readonly [K, V]>, f: (value: V) => Iterable<W>): RDD<[K, W]> {
    return this.#to(operators.flatMapValues(this.#make, this.node, refusingAsync('flatMapValues', f)))
  }

  /** Merges the values of each key, inside partitions first, then across. `merge` is associative and commutative. */
  reduceByKey<K, V>(this: RDD<readonly [K, V]>, merge: (a: V, b: V) => V, partitioning?: Partitioning): RDD<[K, V]> {
    return this.#to(
      operators.reduceByKey(this.#make, this.node, refusingAsync('reduceByKey', merge), this.#spread(partitioning)),
    )
  }

  /** The values of each key, as an array. */
  groupByKey<K, V>(this: RDD<readonly [K, V]>, partitioning?: Partitioning): RDD<[K, V[]]> {
    return this.#to(operators.groupByKey(this.#make, this.node, this.#spread(partitioning)))
  }

  /** Merges the values of each key into something else: made of a first value, added to, merged across partitions. */
  combineByKey<K, V, C extends Shaped>(
    this: RDD<readonly [K, V]>,
    create: (value: V) => C,
    mergeValue: (combined: Grown<C>, value: V) => Grown<C>,
    mergeCombiners: (a: Grown<C>, b: Grown<C>) => Grown<C>,
    options: Partitioning | CombineOptions = {},
  ): RDD<[K, Grown<C>]> {
    const { partitioner, mapSideCombine = true } = combineOptions(options)
    const [first, add, merge] = [create, mergeValue, mergeCombiners].map(f => refusingAsync('combineByKey', f)) as [
      Closure,
      Closure,
      Closure,
    ]
    const aggregation = { create: first, mergeValue: add, mergeCombiners: merge, mapSideCombine }
    return this.#to(operators.combineByKey(this.#make, this.node, aggregation, this.#spread(partitioner)))
  }

  /** Merges the values of each key into a zero: one for each key and partition. */
  aggregateByKey<K, V, U extends Shaped>(
    this: RDD<readonly [K, V]>,
    zero: U,
    seqOp: (merged: Grown<U>, value: V) => Grown<U>,
    combOp: (a: Grown<U>, b: Grown<U>) => Grown<U>,
    partitioning?: Partitioning,
  ): RDD<[K, Grown<U>]> {
    const functions = { seqOp: refusingAsync('aggregateByKey', seqOp), combOp: refusingAsync('aggregateByKey', combOp) }
    return this.#to(operators.aggregateByKey(this.#make, this.node, zero, functions, this.#spread(partitioning)))
  }

  /** As reduceByKey, from a zero for each key and partition. */
  foldByKey<K, V>(this: RDD<readonly [K, V]>, zero: V, f: (a: V, b: V) => V, partitioning?: Partitioning): RDD<[K, V]> {
    return this.#to(
      operators.foldByKey(this.#make, this.node, zero, refusingAsync('foldByKey', f), this.#spread(partitioning)),
    )
  }

  /** Pairs spread by a partitioner. */
  partitionBy<K, V>(this: RDD<readonly [K, V]>, partitioning: Partitioning): RDD<[K, V]> {
    return this.#to(operators.partitionBy(this.#make, this.node, this.#spread(partitioning)))
  }

  /** Pairs in the order of their keys, over all partitions. */
  sortByKey<K, V>(this: RDD<readonly [K, V]>, ascending = true, numPartitions = this.node.numPartitions): RDD<[K, V]> {
    return this.#to(operators.sortByKey(this.#make, this.node, { ascending, numPartitions }))
  }

  /** Keys of both, with each combination of their values. */
  join<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V, W]]> {
    return this.#to(operators.join(this.#make, this.node, other.node, this.#spread(partitioning, other)))
  }

  /** As join, with the values here that have no partner: `undefined` beside them. */
  leftOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V, W | undefined]]> {
    return this.#to(operators.leftOuterJoin(this.#make, this.node, other.node, this.#spread(partitioning, other)))
  }

  /** As join, with the values there that have no partner: `undefined` beside them. */
  rightOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V | undefined, W]]> {
    return this.#to(operators.rightOuterJoin(this.#make, this.node, other.node, this.#spread(partitioning, other)))
  }

  /** As join, with the values of either side that have no partner. */
  fullOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V | undefined, W | undefined]]> {
    return this.#to(operators.fullOuterJoin(this.#make, this.node, other.node, this.#spread(partitioning, other)))
  }

  /** For each key of any of two to four datasets: its values in each. */
  cogroup<K, V, W>(
    this: RDD<readonly [K, V]>,
    b: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V[], W[]]]>
  cogroup<K, V, W, X>(
    this: RDD<readonly [K, V]>,
    b: RDD<readonly [K, W]>,
    c: RDD<readonly [K, X]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V[], W[], X[]]]>
  cogroup<K, V, W, X, Y>(
    this: RDD<readonly [K, V]>,
    b: RDD<readonly [K, W]>,
    c: RDD<readonly [K, X]>,
    d: RDD<readonly [K, Y]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V[], W[], X[], Y[]]]>
  cogroup(...given: readonly (Dataset | Partitioning | undefined)[]): RDD<[unknown, unknown[][]]> {
    const others = given.filter(one => one instanceof RDD)
    const partitioning = given.find(one => typeof one === 'number' || one instanceof Partitioner)
    const parents = [this.node, ...others.map(other => other.node)]
    return this.#to(operators.cogroup(this.#make, parents, this.#spread(partitioning, ...others)))
  }

  /** `cogroup` by another name. */
  get groupWith(): typeof this.cogroup {
    return this.cogroup
  }

  /** The pairs whose key the other has not. */
  subtractByKey<K, V>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, unknown]>,
    partitioning?: Partitioning,
  ): RDD<[K, V]> {
    const own = this.node.partitioner ?? hashSpec(this.node.numPartitions)
    return this.#to(
      operators.subtractByKey(
        this.#make,
        this.node,
        other.node,
        partitioning === undefined ? own : this.#spread(partitioning),
      ),
    )
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

  /** The sum of numbers; 0 of none. */
  sum(this: RDD<number>): Promise<number> {
    return sum(this)
  }

  /** The mean of numbers; 0 of none, as in Spark. */
  mean(this: RDD<number>): Promise<number> {
    return stats(this, 'mean').then(found => found.mean)
  }

  /** Count, mean, deviation, largest and smallest of numbers, in one pass. */
  stats(this: RDD<number>): Promise<StatCounter> {
    return stats(this)
  }

  /** How often each record comes. */
  countByValue(): Promise<KeyMap<T, number>> {
    return countByValue(this)
  }

  /** How many pairs each key has. */
  countByKey<K>(this: RDD<readonly [K, unknown]>): Promise<KeyMap<K, number>> {
    return countByKey(this)
  }

  /** The pairs as a map; of equal keys the last pair counts. */
  collectAsMap<K, V>(this: RDD<readonly [K, V]>): Promise<KeyMap<K, V>> {
    return collectAsMap(this)
  }

  /** reduceByKey whose result is a map in the driver. */
  reduceByKeyLocally<K, V>(this: RDD<readonly [K, V]>, f: (a: V, b: V) => V): Promise<KeyMap<K, V>> {
    return reduceByKeyLocally(this, f)
  }

  /** The values of one key. */
  lookup<K, V>(this: RDD<readonly [K, V]>, key: K): Promise<V[]> {
    return lookup(this, key)
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

  toString(): string {
    return describe(this)
  }

  readonly #make: MakeNode = node => this.context.newNode(node)

  #to<U>(node: RddNode): RDD<U> {
    return new RDD(this.context, node)
  }

  #spread(partitioning: Partitioning | undefined, ...others: readonly Dataset[]): PartitionerSpec {
    return partitionerOr(partitioning, this.context, this.node, ...others.map(other => other.node))
  }

  /** The spread of whole records: what is known of the keys of pairs says nothing about them. */
  #byRecord(partitioning: Partitioning | undefined, other: Dataset): PartitionerSpec {
    if (partitioning !== undefined) return this.#spread(partitioning)
    return hashSpec(defaultPartitioner(this.context, this.node, other.node).numPartitions)
  }
}

const refusingAsync = (operator: string, f: (...args: never[]) => unknown): Closure =>
  capture(f, { operator, async: 'refused' })
const allowingAsync = (operator: string, f: (...args: never[]) => unknown): Closure =>
  capture(f, { operator, async: 'allowed' })

const combineOptions = (given: Partitioning | CombineOptions): CombineOptions =>
  typeof given === 'number' || given instanceof Partitioner ? { partitioner: given } : given
