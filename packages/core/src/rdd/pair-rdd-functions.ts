import type { Closure } from '../closures/index.ts'
import type { KeyMap } from '../codec/index.ts'
import { countByKeyApprox } from './actions/approximate.ts'
import { collectAsMap, countByKey, lookup, reduceByKeyLocally } from './actions/keyed.ts'
import type { BoundedDouble } from './approximate/bounded-double.ts'
import type { PartialResult } from './approximate/partial-result.ts'
import type { Dataset } from './context.ts'
import type { SequenceOutputOptions } from '../formats/index.ts'
import { saveFiles, type FileOutputFormat } from './files/save-files.ts'
import * as operators from './operators/index.ts'
import { hashSpec } from './partitioners/hash-partitioner.ts'
import { Partitioner, type Partitioning } from './partitioners/partitioner.ts'
import type { RDD } from './rdd.ts'
import { RddHandle, refusingAsync } from './rdd-handle.ts'
import type { Grown, Merged, Mergeable, Shaped } from './shaped.ts'

/** How combineByKey spreads and merges: a number of partitions or a partitioner alone will do. */
export interface CombineOptions {
  readonly partitioner?: Partitioning
  /** Merge inside each partition before the shuffle. Default true. */
  readonly mapSideCombine?: boolean
}

/**
 * What an RDD of pairs `[key, value]` has beside the rest: every RDD is one of these, and the compiler lets its methods be called where the records are
 * pairs. Keys are equal by content.
 *
 * @see Spark's PairRDDFunctions and OrderedRDDFunctions
 * @example
 * const counts = sc.parallelize(['a', 'b', 'a']).map(word => [word, 1]).reduceByKey((a, b) => a + b)
 * await counts.lookup('a') // => [2]
 */
export abstract class PairRDDFunctions extends RddHandle {
  /** The first part of each pair. */
  keys<K>(this: RDD<readonly [K, unknown]>): RDD<K> {
    return this.to(operators.keys(this.make, this.node))
  }

  /** The second part of each pair. */
  values<V>(this: RDD<readonly [unknown, V]>): RDD<V> {
    return this.to(operators.values(this.make, this.node))
  }

  /** Changes the values; keys stay, and stay where they are. */
  mapValues<K, V, W extends Shaped>(this: RDD<readonly [K, V]>, f: (value: V) => W): RDD<[K, W]> {
    return this.to(operators.mapValues(this.make, this.node, refusingAsync('mapValues', f)))
  }

  /** A pair for each value that `f` makes of a value. */
  flatMapValues<K, V, W extends Shaped>(this: RDD<readonly [K, V]>, f: (value: V) => Iterable<W>): RDD<[K, W]> {
    return this.to(operators.flatMapValues(this.make, this.node, refusingAsync('flatMapValues', f)))
  }

  /** Merges the values of each key, inside partitions first, then across. `merge` is associative and commutative. */
  reduceByKey<K, V, A extends Shaped = Grown<V>>(
    this: RDD<readonly [K, V & Mergeable<A>]>,
    merge: (a: A, b: A) => A,
    partitioning?: Partitioning,
  ): RDD<[K, Merged<A>]> {
    return this.to(
      operators.reduceByKey(this.make, this.node, refusingAsync('reduceByKey', merge), this.spread(partitioning)),
    )
  }

  /** The values of each key, as an array. */
  groupByKey<K, V>(this: RDD<readonly [K, V]>, partitioning?: Partitioning): RDD<[K, V[]]> {
    return this.to(operators.groupByKey(this.make, this.node, this.spread(partitioning)))
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
    return this.to(operators.combineByKey(this.make, this.node, aggregation, this.spread(partitioner)))
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
    return this.to(operators.aggregateByKey(this.make, this.node, zero, functions, this.spread(partitioning)))
  }

  /** As reduceByKey, from a zero for each key and partition. */
  foldByKey<K, V, A extends Shaped = Grown<V>>(
    this: RDD<readonly [K, V & Mergeable<A>]>,
    zero: NoInfer<A>,
    f: (a: A, b: A) => A,
    partitioning?: Partitioning,
  ): RDD<[K, Merged<A>]> {
    return this.to(
      operators.foldByKey(this.make, this.node, zero, refusingAsync('foldByKey', f), this.spread(partitioning)),
    )
  }

  /** Pairs spread by a partitioner. */
  partitionBy<K, V>(this: RDD<readonly [K, V]>, partitioning: Partitioning): RDD<[K, V]> {
    return this.to(operators.partitionBy(this.make, this.node, this.spread(partitioning)))
  }

  /** Pairs in the order of their keys, over all partitions. */
  sortByKey<K, V>(this: RDD<readonly [K, V]>, ascending = true, numPartitions = this.node.numPartitions): RDD<[K, V]> {
    return this.to(operators.sortByKey(this.make, this.node, { ascending, numPartitions }))
  }

  /**
   * Pairs spread by a partitioner, each partition in the order of its keys: cheaper than sorting afterwards.
   * @example
   * const sorted = sc.parallelize([3, 1, 2]).keyBy(n => n).repartitionAndSortWithinPartitions(1)
   * await sorted.keys().collect() // => [1, 2, 3]
   */
  repartitionAndSortWithinPartitions<K, V>(this: RDD<readonly [K, V]>, partitioning: Partitioning): RDD<[K, V]> {
    return this.to(operators.repartitionAndSortWithinPartitions(this.make, this.node, this.spread(partitioning)))
  }

  /**
   * The pairs whose key lies in a range, both ends included.
   * @example
   * await sc.parallelize([1, 5, 9]).keyBy(n => n).filterByRange(2, 9).values().collect() // => [5, 9]
   */
  filterByRange<K, V>(this: RDD<readonly [K, V]>, lower: K, upper: K): RDD<[K, V]> {
    return this.to(operators.filterByRange(this.make, this.node, lower, upper))
  }

  /**
   * Pairs drawn by chance, each for itself: of each key about its fraction. The same seed gives the same sample.
   * @throws DStreamError SAMPLE_FRACTION, SAMPLE_SEED; SAMPLE_KEY_WITHOUT_FRACTION in the task
   */
  sampleByKey<K, V>(
    this: RDD<readonly [K, V]>,
    withReplacement: boolean,
    fractions: Iterable<readonly [K, number]>,
    seed: number = this.context.nextSeed(),
  ): RDD<[K, V]> {
    return this.to(operators.sampleByKey(this.make, this.node, { withReplacement, fractions, seed }))
  }

  /**
   * As sampleByKey, but of each key exactly ceil(fraction · count) pairs. Computes this dataset twice.
   * @example
   * const pairs = sc.range(0, 100).keyBy(n => n % 2)
   * await pairs.sampleByKeyExact(false, [[0, 0.5], [1, 0.1]]).count() // => 30
   */
  sampleByKeyExact<K, V>(
    this: RDD<readonly [K, V]>,
    withReplacement: boolean,
    fractions: Iterable<readonly [K, number]>,
    seed: number = this.context.nextSeed(),
  ): RDD<[K, V]> {
    return this.to(operators.sampleByKeyExact(this.make, this.node, { withReplacement, fractions, seed }))
  }

  /**
   * About how many different values each key has, with this relative standard deviation (HyperLogLog).
   * @throws DStreamError APPROX_ACCURACY
   */
  countApproxDistinctByKey<K>(
    this: RDD<readonly [K, unknown]>,
    relativeSD = 0.05,
    partitioning?: Partitioning,
  ): RDD<[K, number]> {
    return this.to(operators.countApproxDistinctByKey(this.make, this.node, relativeSD, this.spread(partitioning)))
  }

  /** Keys of both, with each combination of their values. */
  join<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V, W]]> {
    return this.to(operators.join(this.make, this.node, other.node, this.spread(partitioning, other)))
  }

  /** As join, with the values here that have no partner: `undefined` beside them. */
  leftOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V, W | undefined]]> {
    return this.to(operators.leftOuterJoin(this.make, this.node, other.node, this.spread(partitioning, other)))
  }

  /** As join, with the values there that have no partner: `undefined` beside them. */
  rightOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V | undefined, W]]> {
    return this.to(operators.rightOuterJoin(this.make, this.node, other.node, this.spread(partitioning, other)))
  }

  /** As join, with the values of either side that have no partner. */
  fullOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning,
  ): RDD<[K, [V | undefined, W | undefined]]> {
    return this.to(operators.fullOuterJoin(this.make, this.node, other.node, this.spread(partitioning, other)))
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
    const others = given.filter(one => one instanceof RddHandle)
    const partitioning = given.find(one => typeof one === 'number' || one instanceof Partitioner)
    const parents = [this.node, ...others.map(other => other.node)]
    return this.to(operators.cogroup(this.make, parents, this.spread(partitioning, ...others)))
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
    return this.to(
      operators.subtractByKey(
        this.make,
        this.node,
        other.node,
        partitioning === undefined ? own : this.spread(partitioning),
      ),
    )
  }

  // ── Actions ──

  /** How many pairs each key has. */
  countByKey<K>(this: RDD<readonly [K, unknown]>): Promise<KeyMap<K, number>> {
    return countByKey(this)
  }

  /** How many pairs each key has, as far as is known after so many milliseconds. */
  countByKeyApprox<K>(
    this: RDD<readonly [K, unknown]>,
    timeoutMs: number,
    confidence = 0.95,
  ): Promise<PartialResult<KeyMap<K, BoundedDouble>>> {
    return countByKeyApprox(this, { timeoutMs, confidence })
  }

  /** The pairs as a map; of equal keys the last pair counts. */
  collectAsMap<K, V>(this: RDD<readonly [K, V]>): Promise<KeyMap<K, V>> {
    return collectAsMap(this)
  }

  /** reduceByKey whose result is a map in the driver. */
  reduceByKeyLocally<K, V, A extends Shaped = Grown<V>>(
    this: RDD<readonly [K, V & Mergeable<A>]>,
    f: (a: A, b: A) => A,
  ): Promise<KeyMap<K, Merged<A>>> {
    return reduceByKeyLocally<K, A>(this, f) as Promise<KeyMap<K, Merged<A>>>
  }

  /** The values of one key. */
  lookup<K, V>(this: RDD<readonly [K, V]>, key: K): Promise<V[]> {
    return lookup(this, key)
  }

  /**
   * Writes a new directory of SequenceFiles. The classes of keys and values are those of the first pair of each partition, unless named.
   * @throws OUTPUT_EXISTS; NOT_WRITABLE in the task
   */
  saveAsSequenceFile<K, V>(
    this: RDD<readonly [K, V]>,
    directory: string,
    options: SequenceOutputOptions = {},
  ): Promise<void> {
    const format = { name: 'SequenceFileOutputFormat', options: { ...options } }
    return saveFiles(this, directory, { name: 'saveAsSequenceFile', format, records: 'pairs' })
  }

  /** Writes a new directory of files in an output format: by its name, with options, or one's own. Files are called `part-00000`. @throws OUTPUT_EXISTS */
  saveAsHadoopFile<K, V>(
    this: RDD<readonly [K, V]>,
    directory: string,
    format: FileOutputFormat<K, V> = 'TextOutputFormat',
  ): Promise<void> {
    return saveFiles(this, directory, { name: 'saveAsHadoopFile', format, records: 'pairs' })
  }

  /** As saveAsHadoopFile, with the file names of Hadoop's new interface: `part-r-00000`. @throws OUTPUT_EXISTS */
  saveAsNewAPIHadoopFile<K, V>(
    this: RDD<readonly [K, V]>,
    directory: string,
    format: FileOutputFormat<K, V> = 'TextOutputFormat',
  ): Promise<void> {
    return saveFiles(this, directory, { name: 'saveAsNewAPIHadoopFile', format, records: 'pairs', api: 'new' })
  }
}

const combineOptions = (given: Partitioning | CombineOptions): CombineOptions =>
  typeof given === 'number' || given instanceof Partitioner ? { partitioner: given } : given
