import { refusesToTravel } from '../closures/index.ts'
import type { KeyMap } from '../codec/index.ts'
import { collect } from './actions/collect.ts'
import { count } from './actions/count.ts'
import { foreach, foreachPartition } from './actions/foreach.ts'
import { countApprox, countByValueApprox } from './actions/approximate.ts'
import { countApproxDistinct } from './actions/count-approx-distinct.ts'
import { countByValue } from './actions/keyed.ts'
import { max, min, takeOrdered, top, type Compare } from './actions/ordered.ts'
import { aggregate, fold, reduce } from './actions/reduce.ts'
import { first, isEmpty, take } from './actions/take.ts'
import { takeSample } from './actions/take-sample.ts'
import { toLocalIterator } from './actions/to-local-iterator.ts'
import { treeAggregate, treeReduce } from './actions/tree.ts'
import type { BoundedDouble } from './approximate/bounded-double.ts'
import type { PartialResult } from './approximate/partial-result.ts'
import './builtins/index.ts'
import { debugString, describe } from './debug-string.ts'
import { DoubleRDDFunctions } from './double-rdd-functions.ts'
import { saveFiles } from './files/save-files.ts'
import * as operators from './operators/index.ts'
import type { MapAsyncOptions } from './operators/map-async.ts'
import { Partitioner, type Partitioning } from './partitioners/partitioner.ts'
import { pipeSpec, type PipeOptions } from './pipe-options.ts'
import type { RddNode } from './plan/node.ts'
import { allowingAsync, refusingAsync } from './rdd-handle.ts'
import type { Grown, Merged, Mergeable, Records, Shaped } from './shaped.ts'
import { StorageLevel } from './storage-level.ts'

/** One partition of a dataset. */
export interface Partition {
  /** From 0. */
  readonly index: number
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

  /**
   * The lines that a program writes when it is given the records of a partition, a line each: a process for each partition. Its standard error goes to
   * that of this process.
   *
   * @param command cut at white space, or as an array; there is no shell
   * @throws DStreamError PIPE_COMMAND; PIPE_FAILED in the task, when the program does not end with status 0
   * @example
   * await sc.parallelize(['b', 'a'], 1).pipe('sort').collect() // => ['a', 'b']
   */
  pipe(command: string | readonly string[], options: PipeOptions<T> = {}): RDD<string> {
    return this.to(operators.pipe(this.make, this.node, pipeSpec(command, options)))
  }

  // ── Partitions ──

  /** Fewer partitions, neighbours together and without a shuffle; with `shuffle`, any number, records dealt out evenly. */
  coalesce(numPartitions: number, shuffle: boolean | { readonly shuffle?: boolean } = false): RDD<T> {
    const shuffles = typeof shuffle === 'boolean' ? shuffle : shuffle.shuffle === true
    return this.to(operators[shuffles ? 'repartition' : 'coalesce'](this.make, this.node, numPartitions))
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

  /** The partitions, by number. */
  get partitions(): readonly Partition[] {
    return Array.from({ length: this.node.numPartitions }, (_, index) => ({ index }))
  }

  // ── By chance. The same seed gives the same sample, wherever and whenever its tasks run; without one, another seed each time. ──

  /**
   * Records drawn by chance, each for itself: about `fraction` of them. With replacement a record may come more than once, `fraction` times on average.
   * @throws DStreamError SAMPLE_FRACTION, SAMPLE_SEED
   * @example
   * const tenth = sc.range(0, 10_000).sample(false, 0.1, 42)
   * const close = Math.abs((await tenth.count()) - 1000) < 150 // => true
   */
  sample(withReplacement: boolean, fraction: number, seed: number = this.context.nextSeed()): RDD<T> {
    return this.to(operators.sample(this.make, this.node, { withReplacement, fraction, seed }))
  }

  /**
   * Every record in one of several datasets, by chance; their sizes are about as the weights.
   * @throws DStreamError SAMPLE_WEIGHTS, SAMPLE_SEED
   * @example
   * const [training, held] = sc.range(0, 1000).randomSplit([8, 2], 1)
   * const both = (await training!.count()) + (await held!.count()) // => 1000
   */
  randomSplit(weights: readonly number[], seed: number = this.context.nextSeed()): RDD<T>[] {
    return operators.randomSplit(this.make, this.node, weights, seed).map(node => this.to<T>(node))
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

  /**
   * What `f` makes of the partitions of two to four datasets side by side: first with first, second with second… All have equally many partitions.
   * @throws DStreamError ZIP_PARTITIONS_DIFFER
   * @example
   * const numbers = sc.parallelize([1, 2, 3, 4], 2)
   * await numbers.zipPartitions(numbers, (a, b) => [[...a].length + [...b].length]).collect() // => [4, 4]
   */
  zipPartitions<B, V extends Shaped>(
    b: RDD<B>,
    f: (own: Records<T>, b: Records<B>) => Iterable<V>,
    preservesPartitioning?: boolean,
  ): RDD<V>
  zipPartitions<B, C, V extends Shaped>(
    b: RDD<B>,
    c: RDD<C>,
    f: (own: Records<T>, b: Records<B>, c: Records<C>) => Iterable<V>,
    preservesPartitioning?: boolean,
  ): RDD<V>
  zipPartitions<B, C, D, V extends Shaped>(
    b: RDD<B>,
    c: RDD<C>,
    d: RDD<D>,
    f: (own: Records<T>, b: Records<B>, c: Records<C>, d: Records<D>) => Iterable<V>,
    preservesPartitioning?: boolean,
  ): RDD<V>
  zipPartitions(...given: readonly unknown[]): RDD<unknown> {
    const others = given.filter(one => one instanceof RDD)
    const [f, preservesPartitioning = false] = given.slice(others.length) as [(...sides: never[]) => unknown, boolean?]
    const parents = [this.node, ...others.map(other => other.node)]
    const closure = refusingAsync('zipPartitions', f)
    return this.to(operators.zipPartitions(this.make, parents, closure, { preservesPartitioning }))
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

  /** All records, a partition at a time: the driver never holds more. A job for each partition, run when its first record is asked for. */
  toLocalIterator(): AsyncGenerator<T, void, undefined> {
    return toLocalIterator(this)
  }

  /** Exactly `num` records drawn by chance (fewer where there are not so many and none may come twice). @throws SAMPLE_SIZE */
  takeSample(withReplacement: boolean, num: number, seed?: number): Promise<T[]> {
    return takeSample(this, withReplacement, num, seed)
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
  reduce<A extends Shaped = Grown<T>>(this: RDD<T & Mergeable<A>>, f: (a: A, b: A) => A): Promise<Merged<A>> {
    return reduce<A>(this, f) as Promise<Merged<A>>
  }

  /** As reduce; the results of partitions are merged in tasks, in a tree of the given depth. */
  treeReduce<A extends Shaped = Grown<T>>(
    this: RDD<T & Mergeable<A>>,
    f: (a: A, b: A) => A,
    depth = 2,
  ): Promise<Merged<A>> {
    return treeReduce<A>(this, f, depth) as Promise<Merged<A>>
  }

  /** As reduce, from a zero for each partition and one for their results. */
  fold<A extends Shaped = Grown<T>>(
    this: RDD<T & Mergeable<A>>,
    zero: NoInfer<A>,
    f: (a: A, b: A) => A,
  ): Promise<Merged<A>> {
    return fold<A>(this, zero, f) as Promise<Merged<A>>
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
  foreachPartition(f: (records: Records<T>) => unknown): Promise<void> {
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

  /** How many records there are, as far as is known after so many milliseconds: bounds that hold with the confidence given. */
  countApprox(timeoutMs: number, confidence = 0.95): Promise<PartialResult<BoundedDouble>> {
    return countApprox(this, { timeoutMs, confidence })
  }

  /** How often each record comes, as far as is known after so many milliseconds. */
  countByValueApprox(timeoutMs: number, confidence = 0.95): Promise<PartialResult<KeyMap<T, BoundedDouble>>> {
    return countByValueApprox(this, { timeoutMs, confidence })
  }

  /**
   * About how many different records there are, with this relative standard deviation, in little memory (HyperLogLog).
   * @throws DStreamError APPROX_ACCURACY
   * @example
   * await sc.parallelize(['a', 'b', 'a']).countApproxDistinct() // => 2
   */
  countApproxDistinct(relativeSD = 0.05): Promise<number> {
    return countApproxDistinct(this, relativeSD)
  }

  /**
   * Writes a new directory of text files, one for each partition, a line for each record (as `print()` shows it), compressed with a codec: `gzip`, `deflate`, `zstd`.
   * @throws OUTPUT_EXISTS, UNKNOWN_COMPRESSION_CODEC
   */
  saveAsTextFile(directory: string, options: { readonly codec?: string } = {}): Promise<void> {
    return saveFiles(this, directory, {
      name: 'saveAsTextFile',
      format: { name: 'TextOutputFormat', options },
      records: 'lines',
    })
  }

  /** Writes a new directory of files that `sc.objectFile` reads: records of any kind. @throws OUTPUT_EXISTS */
  saveAsObjectFile(directory: string): Promise<void> {
    return saveFiles(this, directory, { name: 'saveAsObjectFile', format: 'ObjectFileOutputFormat', records: 'values' })
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

  /**
   * Keeps the partitions on a level with a disk part, so that what is made of this dataset is not computed from its beginnings again. The lineage
   * stays: where Spark fails when such a partition is lost with its executor, here it is computed again.
   */
  localCheckpoint(): this {
    const level = this.getStorageLevel()
    if (level.useDisk) return this
    if (level !== StorageLevel.NONE) this.unpersist()
    const bytes = level.useMemory && !level.deserialized
    return this.persist(bytes ? StorageLevel.MEMORY_AND_DISK_SER : StorageLevel.MEMORY_AND_DISK)
  }

  getStorageLevel(): StorageLevel {
    return this.context.levelOf(this.node)
  }

  /**
   * Marks the dataset to be saved below `sc.setCheckpointDir`, after the first job that needs it; from then on it is read from there, and no longer computed. Persist
   * it too, else it is computed a second time to be saved. Gives this dataset back, so that it reads on; the files stay.
   * @throws DStreamError NO_CHECKPOINT_DIRECTORY
   */
  checkpoint(): this {
    this.context.checkpoint(this.node)
    return this
  }

  /** Whether it has been saved by `checkpoint`. */
  get isCheckpointed(): boolean {
    return this.getCheckpointFile() !== undefined
  }

  /** The directory to which `checkpoint` has saved it. */
  getCheckpointFile(): string | undefined {
    return this.context.checkpointFileOf(this.node)
  }

  /** The datasets that this one is made of. */
  get dependencies(): readonly RDD<unknown>[] {
    return this.node.parents.map(parent => this.to(parent))
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
