import { capture, refusesToTravel, type Closure } from '../../closures/index.ts'
import { checkFunction } from '../../errors/not-a-function.ts'
import type { FileOutputFormat } from '../../rdd/files/save-files.ts'
import { hashSpec } from '../../rdd/partitioners/hash-partitioner.ts'
import type { OutputPartition } from '../../rdd/outputs/output-partition.ts'
import type { Transactions } from '../../rdd/outputs/transactions.ts'
import { Partitioner, type Partitioning } from '../../rdd/partitioners/partitioner.ts'
import type { PartitionerSpec } from '../../rdd/plan/partitioner-spec.ts'
import type { CombineOptions } from '../../rdd/pair-rdd-functions.ts'
import type { RDD } from '../../rdd/rdd.ts'
import type { Grown, Merged, Mergeable, Records, Shaped } from '../../rdd/shaped.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import { asDuration, Interval, Milliseconds, type Duration, type Time } from '../../time/index.ts'
import { differentContexts } from '../errors.ts'
import { committingPartitions, givingPartitions, puttingOutPartitions } from '../outputs/for-each-partition.ts'
import { printing } from '../outputs/print.ts'
import { savingAsObjects, savingInFormat } from '../outputs/save-as-files.ts'
import { savingAsText } from '../outputs/save-as-text-files.ts'
import type { MapWithStateDStream } from '../state/map-with-state-dstream.ts'
import { stateForm } from '../state/state-form.ts'
import { stateSpecOf, type StateSpec } from '../state/state-spec.ts'
import { updateStateArguments, type UpdateStateOptions } from '../state/update-state-options.ts'
import type { DStreamContext } from './dstream-context.ts'
import type { MakeStream, NamedAction, OutputFunction } from './graph.ts'
import { mapAsyncOptions, type MapAsyncOptions } from '../../rdd/operators/map-async.ts'
import * as operators from './operators/index.ts'
import type { Joining } from './operators/index.ts'
import type { StreamNode } from './plan/node.ts'
import type { DriverOperation } from './plan/operation.ts'

/** The tail of the incremental reduceByKeyAndWindow. */
export interface IncrementalWindowOptions<K, V> {
  /** Default: the default parallelism. */
  readonly partitioner?: Partitioning
  /** Pairs for which it does not hold are dropped. It may drop a key only when no value of it is left in the window. */
  readonly filter?: (pair: readonly [K, V]) => boolean
}

/**
 * A stream of data as a sequence of RDDs, one for each batch (or for each slide of a window). A thin handle over a plan node; each
 * operator makes a new stream, nothing runs before an output operation is registered and the context started.
 *
 * Functions given to operators run in tasks, elsewhere: they and what they capture are copied when the operator is applied. Functions
 * given to `transform`, `transformWith` and `foreachRDD` are driver functions: they run live on the main thread for each batch. Operators
 * on pairs are there when the records are pairs `[key, value]`; keys are equal by content. Where no number of partitions is given, shuffles
 * have the default parallelism.
 *
 * @see guide, "Discretized Streams", "Transformations on DStreams"; Spark's DStream and PairDStreamFunctions
 * @example
 * lines.flatMap(line => line.split(' ')).map(word => [word, 1]).reduceByKey((a, b) => a + b).print()
 */
export class DStream<T> {
  static get [refusesToTravel](): string {
    return 'lives in the driver: tasks cannot use a stream\nApply operators to streams before start(), outside of the functions given to operators.'
  }
  readonly context: DStreamContext
  readonly node: StreamNode

  constructor(context: DStreamContext, node: StreamNode) {
    this.context = context
    this.node = node
  }

  /** How often the stream has an RDD: the batch interval, or the slide of a window. */
  get slideDuration(): Duration {
    return Milliseconds(this.node.slideMs)
  }

  /** The streams that this one is made of. */
  get dependencies(): readonly DStream<unknown>[] {
    return this.node.parents.map(parent => this.#to(parent))
  }

  // ── One record at a time ──

  /** One record for each record. */
  map<U extends Shaped>(f: (record: T) => U): DStream<U> {
    return this.#to(operators.map(this.#make, this.node, refusingAsync('map', f)))
  }

  /** Zero or more records for each record. */
  flatMap<U extends Shaped>(f: (record: T) => Iterable<U>): DStream<U> {
    return this.#to(operators.flatMap(this.#make, this.node, refusingAsync('flatMap', f)))
  }

  /** The records for which `f` holds. */
  filter<S extends T>(f: (record: T) => record is S): DStream<S>
  filter(f: (record: T) => boolean): DStream<T>
  filter(f: (record: T) => boolean): DStream<T> {
    return this.#to(operators.filter(this.#make, this.node, refusingAsync('filter', f)))
  }

  /**
   * What an asynchronous function gives for each record: a look-up in a service, a query. At most `concurrency` calls are under way in each task
   * (default 16); the order of records is kept unless `ordered` is false. After an error no call is begun, and the task fails when those under
   * way have ended.
   *
   * @throws DStreamError MAP_ASYNC_CONCURRENCY
   */
  mapAsync<U extends Shaped>(f: (record: T) => Promise<U>, options: MapAsyncOptions = {}): DStream<U> {
    const settings = mapAsyncOptions(options)
    return this.#to(operators.mapAsync(this.#make, this.node, allowingAsync('mapAsync', f), settings))
  }

  // ── One partition at a time ──

  /** Each partition of each batch as a whole; an `async` function is awaited. `preservesPartitioning`: keys of pairs stay as they are. */
  mapPartitions<U extends Shaped>(
    f: (records: Records<T>) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>,
    preservesPartitioning = false,
  ): DStream<U> {
    return this.#to(
      operators.mapPartitions(this.#make, this.node, allowingAsync('mapPartitions', f), preservesPartitioning),
    )
  }

  /** As mapPartitions, the index of the partition first. */
  mapPartitionsWithIndex<U extends Shaped>(
    f: (
      partition: number,
      records: Records<T>,
    ) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>,
    preservesPartitioning = false,
  ): DStream<U> {
    const closure = allowingAsync('mapPartitionsWithIndex', f)
    return this.#to(operators.mapPartitionsWithIndex(this.#make, this.node, closure, preservesPartitioning))
  }

  /** One array for each partition. */
  glom(): DStream<T[]> {
    return this.#to(operators.glom(this.#make, this.node))
  }

  /** Any number of partitions, records dealt out evenly through a shuffle. */
  repartition(numPartitions: number): DStream<T> {
    return this.#to(operators.repartition(this.#make, this.node, numPartitions))
  }

  // ── A batch as a whole ──

  /** One number for each batch: how many records it has. */
  count(): DStream<number> {
    return this.#to(operators.count(this.#make, this.node, this.#spread()))
  }

  /** How often each record comes in a batch. */
  countByValue(numPartitions?: number): DStream<[T, number]> {
    return this.#to(operators.countByValue(this.#make, this.node, this.#spread(numPartitions)))
  }

  /** All records of a batch merged into one, none for an empty batch. `merge` is associative and commutative. */
  reduce<A extends Shaped = Grown<T>>(this: DStream<T & Mergeable<A>>, merge: (a: A, b: A) => A): DStream<Merged<A>> {
    return this.#to(operators.reduce(this.#make, this.node, refusingAsync('reduce', merge)))
  }

  // ── Several streams, and RDD operators ──

  /** The records of this stream, then those of the other. @throws DIFFERENT_SLIDES */
  union<U>(other: DStream<U>): DStream<T | U> {
    return this.#to(operators.union(this.#make, this.#with(other)))
  }

  /** What `f` makes of the RDD of each batch, on the main thread: any RDD operator, other datasets included. */
  transform<U>(f: (rdd: RDD<T>, time: Time) => RDD<U>): DStream<U> {
    checkFunction('transform', f)
    const operation: DriverOperation['f'] = ([rdd], time) => f(rdd as RDD<T>, time)
    return this.#to(operators.transform(this.#make, 'transform', [this.node], operation))
  }

  /** As transform, with the RDDs of two streams. @throws DIFFERENT_SLIDES */
  transformWith<U, V>(other: DStream<U>, f: (own: RDD<T>, other: RDD<U>, time: Time) => RDD<V>): DStream<V> {
    checkFunction('transformWith', f)
    const operation: DriverOperation['f'] = ([own, theirs], time) => f(own as RDD<T>, theirs as RDD<U>, time)
    return this.#to(operators.transform(this.#make, 'transformWith', this.#with(other), operation))
  }

  // ── Pairs ──

  /** Changes the values; keys stay, and stay where they are. */
  mapValues<K, V, W extends Shaped>(this: DStream<readonly [K, V]>, f: (value: V) => W): DStream<[K, W]> {
    return this.#to(operators.mapValues(this.#make, this.node, refusingAsync('mapValues', f)))
  }

  /** A pair for each value that `f` makes of a value. */
  flatMapValues<K, V, W extends Shaped>(this: DStream<readonly [K, V]>, f: (value: V) => Iterable<W>): DStream<[K, W]> {
    return this.#to(operators.flatMapValues(this.#make, this.node, refusingAsync('flatMapValues', f)))
  }

  /** Merges the values of each key of a batch. `merge` is associative and commutative. */
  reduceByKey<K, V, A extends Shaped = Grown<V>>(
    this: DStream<readonly [K, V & Mergeable<A>]>,
    merge: (a: A, b: A) => A,
    partitioning?: Partitioning,
  ): DStream<[K, Merged<A>]> {
    return this.#to(
      operators.reduceByKey(this.#make, this.node, refusingAsync('reduceByKey', merge), this.#spread(partitioning)),
    )
  }

  /** The values of each key of a batch, as an array. */
  groupByKey<K, V>(this: DStream<readonly [K, V]>, partitioning?: Partitioning): DStream<[K, V[]]> {
    return this.#to(operators.groupByKey(this.#make, this.node, this.#spread(partitioning)))
  }

  /** Merges the values of each key into something else: made of a first value, added to, merged across partitions. */
  combineByKey<K, V, C extends Shaped>(
    this: DStream<readonly [K, V]>,
    create: (value: V) => C,
    mergeValue: (combined: C, value: V) => C,
    mergeCombiners: (a: C, b: C) => C,
    options: Partitioning | CombineOptions = {},
  ): DStream<[K, C]> {
    const given: CombineOptions = isPartitioning(options) ? { partitioner: options } : options
    const aggregate = {
      create: refusingAsync('combineByKey', create),
      mergeValue: refusingAsync('combineByKey', mergeValue),
      mergeCombiners: refusingAsync('combineByKey', mergeCombiners),
      mapSideCombine: given.mapSideCombine ?? true,
    }
    return this.#to(operators.combineByKey(this.#make, this.node, aggregate, this.#spread(given.partitioner)))
  }

  /** Pairs spread by a partitioner. */
  partitionBy<K, V>(this: DStream<readonly [K, V]>, partitioning: Partitioning): DStream<[K, V]> {
    return this.#to(operators.partitionBy(this.#make, this.node, this.#spread(partitioning)))
  }

  /** For each key of either: its values here and its values there. @throws DIFFERENT_SLIDES */
  cogroup<K, V, W>(
    this: DStream<readonly [K, V]>,
    other: DStream<readonly [K, W]>,
    partitioning?: Partitioning,
  ): DStream<[K, [V[], W[]]]> {
    return this.#joined('cogroup', other, partitioning)
  }

  /** Keys of both, with each combination of their values. @throws DIFFERENT_SLIDES */
  join<K, V, W>(
    this: DStream<readonly [K, V]>,
    other: DStream<readonly [K, W]>,
    partitioning?: Partitioning,
  ): DStream<[K, [V, W]]> {
    return this.#joined('join', other, partitioning)
  }

  /** As join, with the values here that have no partner: `undefined` beside them. @throws DIFFERENT_SLIDES */
  leftOuterJoin<K, V, W>(
    this: DStream<readonly [K, V]>,
    other: DStream<readonly [K, W]>,
    partitioning?: Partitioning,
  ): DStream<[K, [V, W | undefined]]> {
    return this.#joined('leftOuterJoin', other, partitioning)
  }

  /** As join, with the values there that have no partner: `undefined` beside them. @throws DIFFERENT_SLIDES */
  rightOuterJoin<K, V, W>(
    this: DStream<readonly [K, V]>,
    other: DStream<readonly [K, W]>,
    partitioning?: Partitioning,
  ): DStream<[K, [V | undefined, W]]> {
    return this.#joined('rightOuterJoin', other, partitioning)
  }

  /** As join, with the values of either side that have no partner. @throws DIFFERENT_SLIDES */
  fullOuterJoin<K, V, W>(
    this: DStream<readonly [K, V]>,
    other: DStream<readonly [K, W]>,
    partitioning?: Partitioning,
  ): DStream<[K, [V | undefined, W | undefined]]> {
    return this.#joined('fullOuterJoin', other, partitioning)
  }

  // ── Keyed state ──

  /**
   * A state for each key, made anew in every batch by `update` from the key's values of the batch (none for most keys) and the state before
   * (`undefined` at first). `undefined` drops the key. Every key is visited in every batch; `mapWithState` visits only those with data.
   * Needs a checkpoint directory. With `form: 'time'` the function is given `(time, key, values, state)`, with `form: 'iterator'` all of
   * `[key, values, state]` of a partition at once.
   *
   * @see guide, "UpdateStateByKey Operation"; Spark's StateDStream
   * @example
   * pairs.updateStateByKey((counts: number[], sum?: number) => counts.reduce((a, b) => a + b, sum ?? 0))
   */
  updateStateByKey<K, V, S = V>(
    this: DStream<readonly [K, V]>,
    update: (values: V[], state: S | undefined) => S | undefined,
    options?: Partitioning | UpdateStateOptions<K, S>,
  ): DStream<[K, S]>
  updateStateByKey<K, V, S = V>(
    this: DStream<readonly [K, V]>,
    update: (time: Time, key: K, values: V[], state: S | undefined) => S | undefined,
    options: UpdateStateOptions<K, S> & { readonly form: 'time' },
  ): DStream<[K, S]>
  updateStateByKey<K, V, S = V>(
    this: DStream<readonly [K, V]>,
    update: (entries: Iterable<[key: K, values: V[], state: S | undefined]>) => Iterable<readonly [K, S]>,
    options: UpdateStateOptions<K, S> & { readonly form: 'iterator'; readonly rememberPartitioner?: boolean },
  ): DStream<[K, S]>
  updateStateByKey<S>(update: (...args: never[]) => unknown, options?: unknown): DStream<[unknown, S]> {
    const { form, partitioning, initial, movesKeys, ...versioned } = updateStateArguments(options)
    const f = refusingAsync('updateStateByKey', update)
    const tail = {
      ...stateForm('updateStateByKey', versioned),
      partitioner: this.#spread(partitioning),
      ...(initial && { initial }),
      ...(movesKeys && { movesKeys }),
    }
    return this.#to(operators.updateStateByKey(this.#make, this.node, { form, f, ...tail }))
  }

  /**
   * A state for each key, changed by the spec's function for each value that comes; what it returns is the stream. A batch costs what it touches,
   * however many keys are held. Needs a checkpoint directory.
   *
   * @see guide, "Transformations on DStreams"; Spark's MapWithStateDStream
   */
  mapWithState<K, V, S, M>(this: DStream<readonly [K, V]>, spec: StateSpec<K, V, S, M>): MapWithStateDStream<K, S, M> {
    const { form, f, partitioning, version, migrate, ...rest } = stateSpecOf(spec)
    const tail = { ...stateForm('mapWithState', { version, migrate }), ...rest }
    const update = { form, f: refusingAsync('mapWithState', f), partitioner: this.#spread(partitioning), ...tail }
    const { mapped, state } = operators.mapWithState(this.#make, this.node, update)
    return this.context.mapWithStateStream(mapped, state)
  }

  // ── Windows. `window` and `slide` are whole multiples of this stream's slide, else WINDOW_NOT_MULTIPLE_OF_SLIDE or SLIDE_… is thrown. ──

  /** All records of the last `length`, every `slide`: at time t those of the batches in `(t - length, t]`. */
  window(length: Duration, slide?: Duration): DStream<T> {
    const { windowMs, slideMs } = this.#lengths(length, slide)
    return this.#to(operators.window(this.#make, this.node, windowMs, slideMs))
  }

  /**
   * All records of a window merged into one. With `subtract`, each result is made of the one before: records that left are taken out, those that
   * came are merged in. `subtract(merge(a, b), b)` has to equal `a`. That form needs a checkpoint directory.
   */
  reduceByWindow<A extends Shaped = Grown<T>>(
    this: DStream<T & Mergeable<A>>,
    merge: (a: A, b: A) => A,
    length: Duration,
    slide: Duration,
  ): DStream<Merged<A>>
  reduceByWindow<A extends Shaped = Grown<T>>(
    this: DStream<T & Mergeable<A>>,
    merge: (a: A, b: A) => A,
    subtract: (window: NoInfer<A>, left: NoInfer<A>) => A,
    length: Duration,
    slide: Duration,
  ): DStream<Merged<A>>
  reduceByWindow(merge: (...args: never[]) => unknown, ...rest: readonly unknown[]): DStream<never> {
    const { subtract, lengths } = windowArguments(rest)
    const closure = refusingAsync('reduceByWindow', merge)
    const { windowMs, slideMs } = this.#lengths(...lengths)
    if (subtract === undefined)
      return this.#to(operators.reduceByWindow(this.#make, this.node, closure, { windowMs, slideMs }))
    const functions = { merge: closure, subtract: refusingAsync('reduceByWindow', subtract) }
    return this.#to(operators.reduceByWindowIncrementally(this.#make, this.node, functions, { windowMs, slideMs }))
  }

  /** How many records a window has; made of the result before, so it needs a checkpoint directory. */
  countByWindow(length: Duration, slide: Duration): DStream<number> {
    return this.#to(operators.countByWindow(this.#make, this.node, this.#lengths(length, slide)))
  }

  /** How often each record comes in a window; made of the result before, so it needs a checkpoint directory. */
  countByValueAndWindow(length: Duration, slide: Duration, numPartitions?: number): DStream<[T, number]> {
    const lengths = this.#lengths(length, slide)
    return this.#to(operators.countByValueAndWindow(this.#make, this.node, lengths, this.#spread(numPartitions)))
  }

  /**
   * Merges the values of each key over a window. With `subtract`, each result is made of the one before, and the work follows the batches that
   * leave and come instead of the window's length: a key that has left stays, with what `subtract` left of it, unless `filter`
   * drops it. That form needs a checkpoint directory.
   *
   * @see Zaharia et al., "Discretized Streams", SOSP 2013 (incremental aggregation); Spark's ReducedWindowedDStream, whose order of merging is kept
   */
  reduceByKeyAndWindow<K, V, A extends Shaped = Grown<V>>(
    this: DStream<readonly [K, V & Mergeable<A>]>,
    merge: (a: A, b: A) => A,
    length: Duration,
    slide?: Duration,
    partitioning?: Partitioning,
  ): DStream<[K, Merged<A>]>
  reduceByKeyAndWindow<K, V, A extends Shaped = Grown<V>>(
    this: DStream<readonly [K, V & Mergeable<A>]>,
    merge: (a: A, b: A) => A,
    subtract: (window: NoInfer<A>, left: NoInfer<A>) => A,
    length: Duration,
    slide?: Duration,
    options?: Partitioning | IncrementalWindowOptions<K, A>,
  ): DStream<[K, Merged<A>]>
  reduceByKeyAndWindow<V>(merge: (a: V, b: V) => V, ...rest: readonly unknown[]): DStream<[unknown, V]> {
    const operator = 'reduceByKeyAndWindow'
    const { subtract, lengths, tail } = windowArguments(rest)
    const closure = refusingAsync(operator, merge)
    const { windowMs, slideMs } = this.#lengths(...lengths)
    const options = windowOptions(tail)
    const partitioner = this.#spread(options.partitioner)
    if (subtract === undefined) {
      return this.#to(
        operators.reduceByKeyAndWindow(this.#make, this.node, closure, { windowMs, slideMs }, partitioner),
      )
    }
    const filter = options.filter === undefined ? {} : { filter: refusingAsync(operator, options.filter) }
    const functions = { merge: closure, subtract: refusingAsync(operator, subtract), ...filter }
    return this.#to(operators.reducedWindow(this.#make, this.node, { ...functions, windowMs, slideMs, partitioner }))
  }

  /** The values of each key over a window, as an array. */
  groupByKeyAndWindow<K, V>(
    this: DStream<readonly [K, V]>,
    length: Duration,
    slide?: Duration,
    partitioning?: Partitioning,
  ): DStream<[K, V[]]> {
    return this.#to(
      operators.groupByKeyAndWindow(this.#make, this.node, this.#lengths(length, slide), this.#spread(partitioning)),
    )
  }

  // ── Output operations: each is done for every batch in which the stream has an RDD, in the order in which they are registered ──

  /**
   * Calls `f` with the RDD of each batch, on the main thread. It may be async; jobs that it starts belong to the output operation, awaited
   * or not: the operation has ended when all have, and fails when one fails.
   */
  foreachRDD(f: (rdd: RDD<T>, time: Time) => unknown): void {
    this.#output('foreachRDD', f as OutputFunction)
  }

  /** Prints the first `num` records of each batch, with its time. */
  print(num = 10): void {
    this.#output(
      'print',
      printing(num, text => this.context.write(text)),
      { kind: 'print', num },
    )
  }

  /**
   * Calls `f`, in tasks, with the records of each partition of each batch and with what they are known by: `uniqueId` is the same when the batch is run
   * again, after a restart too, so what is written under it can be written twice without harm. `name` tells this output from the others of the
   * program, and stays when the program changes.
   *
   * @throws DStreamError OUTPUT_NAME, DUPLICATE_OUTPUT, TaskNotSerializableError
   * @see guide, "Semantics of output operations"; docs/semantics.md
   * @example
   * import { writeFile } from 'node:fs/promises'
   * pairs.foreachPartition('pairs', async (records, { uniqueId }) => {
   *   await writeFile(`/tmp/${uniqueId}.json`, JSON.stringify([...records]))
   * })
   */
  foreachPartition(name: string, f: (records: Records<T>, output: OutputPartition) => unknown): void {
    const action = givingPartitions(name, f)
    this.#output('foreachPartition', puttingOutPartitions(action, this.node.slideMs), action)
  }

  /**
   * Calls `write`, in tasks, with a client of the database that has begun a transaction, and the records of each partition of each batch. In the same
   * transaction it is remembered that this was done, so what a batch that is run again has written before is not written again: exactly once, as long as
   * `write` does everything through that client.
   *
   * @throws DStreamError OUTPUT_NAME, OUTPUT_TRANSACTIONS, DUPLICATE_OUTPUT, TaskNotSerializableError
   * @see guide, "Semantics of output operations" (transactional updates); docs/semantics.md
   */
  foreachPartitionInTransaction<Client>(
    name: string,
    database: Transactions<Client>,
    write: (client: Client, records: Records<T>, output: OutputPartition) => unknown,
  ): void {
    const operator = 'foreachPartitionInTransaction'
    const action = committingPartitions(name, database, write)
    this.#output(operator, puttingOutPartitions(action, this.node.slideMs), action)
  }

  /** Saves each batch as a directory of text files: `prefix-TIME_IN_MS[.suffix]`. */
  saveAsTextFiles(prefix: string, suffix = ''): void {
    this.#output('saveAsTextFiles', savingAsText(prefix, suffix), { kind: 'saveAsTextFiles', prefix, suffix })
  }

  /** Saves each batch as a directory of files that `sc.objectFile` reads: `prefix-TIME_IN_MS[.suffix]`. */
  saveAsObjectFiles(prefix: string, suffix = ''): void {
    this.#output('saveAsObjectFiles', savingAsObjects(prefix, suffix), { kind: 'saveAsObjectFiles', prefix, suffix })
  }

  /** Saves each batch as a directory of files in an output format, as `rdd.saveAsHadoopFile`: `prefix-TIME_IN_MS[.suffix]`. */
  saveAsHadoopFiles<K, V>(
    this: DStream<readonly [K, V]>,
    prefix: string,
    suffix = '',
    format?: FileOutputFormat<K, V>,
  ): void {
    this.#output('saveAsHadoopFiles', savingInFormat('saveAsHadoopFile', prefix, suffix, format as FileOutputFormat))
  }

  /** As saveAsHadoopFiles, with the file names of Hadoop's new interface: `part-r-00000`. */
  saveAsNewAPIHadoopFiles<K, V>(
    this: DStream<readonly [K, V]>,
    prefix: string,
    suffix = '',
    format?: FileOutputFormat<K, V>,
  ): void {
    const saving = savingInFormat('saveAsNewAPIHadoopFile', prefix, suffix, format as FileOutputFormat)
    this.#output('saveAsNewAPIHadoopFiles', saving)
  }

  // ── Keeping ──

  /** Keeps the RDD of each batch as long as the stream remembers it. @throws STORAGE_LEVEL_FIXED after the start */
  persist(level: StorageLevel = StorageLevel.MEMORY_ONLY_SER): this {
    this.context.graph.setLevel(this.node, level)
    return this
  }

  /** `persist` as bytes in memory. */
  cache(): this {
    return this.persist()
  }

  /** Writes the stream down every `interval`, a whole multiple of its slide. @throws CHECKPOINT_INTERVAL_FIXED after the start */
  checkpoint(interval: Duration): this {
    this.context.graph.setCheckpointInterval(this.node, asDuration(interval, 'checkpoint interval').milliseconds)
    return this
  }

  /**
   * What this stream is recognised by when the program is started again, so that what it holds (state, the last result of an incremental window) stays its own
   * after operators before it have changed. Without one, the names of the operators before it are what counts. Each only once in a program.
   *
   * @throws DStreamError DUPLICATE_UID (at the start), CONTEXT_NOT_OPEN
   */
  uid(uid: string): this {
    this.context.graph.setUid(this.node, uid)
    return this
  }

  /**
   * The RDDs between two times, both included (cut down to the stream's slides); those that are not remembered are computed.
   * @throws STREAM_NOT_INITIALIZED (rejection) before the start, or when no output depends on this stream
   */
  slice(interval: Interval): Promise<RDD<T>[]>
  slice(from: Time, to: Time): Promise<RDD<T>[]>
  slice(from: Interval | Time, to?: Time): Promise<RDD<T>[]> {
    const [begin, end] = from instanceof Interval ? [from.beginTime, from.endTime] : [from, to as Time]
    return this.context.slice(this.node, begin.milliseconds, end.milliseconds) as Promise<RDD<T>[]>
  }

  toString(): string {
    return `${this.node.operator} at ${this.node.site}`
  }

  get #make(): MakeStream {
    return this.context.graph.make
  }

  #to<U>(node: StreamNode): DStream<U> {
    return new DStream(this.context, node)
  }

  #spread(partitioning?: Partitioning): PartitionerSpec {
    if (partitioning === undefined) return hashSpec(this.context.defaultParallelism)
    return partitioning instanceof Partitioner ? partitioning.spec : hashSpec(partitioning)
  }

  #with(other: DStream<unknown>): readonly StreamNode[] {
    if (other.context !== this.context) throw differentContexts()
    return [this.node, other.node]
  }

  #joined<U>(how: Joining, other: DStream<unknown>, partitioning: Partitioning | undefined): DStream<U> {
    const [left, right] = this.#with(other)
    return this.#to(operators.joined(this.#make, how, left!, right!, this.#spread(partitioning)))
  }

  #lengths(length: Duration, slide?: Duration): { readonly windowMs: number; readonly slideMs: number } {
    const windowMs = asDuration(length, 'window duration').milliseconds
    return {
      windowMs,
      slideMs: slide === undefined ? this.node.slideMs : asDuration(slide, 'slide duration').milliseconds,
    }
  }

  #output(operator: string, f: OutputFunction, action?: NamedAction): void {
    this.context.graph.addOutput({ operator, parent: this.node, f, ...(action && { action }) })
  }
}

const refusingAsync = (operator: string, f: (...args: never[]) => unknown): Closure =>
  capture(f, { operator, async: 'refused' })
const allowingAsync = (operator: string, f: (...args: never[]) => unknown): Closure =>
  capture(f, { operator, async: 'allowed' })

const isPartitioning = (value: unknown): value is Partitioning =>
  typeof value === 'number' || value instanceof Partitioner

/** What follows `merge`: maybe `subtract`, then length and slide, then the tail. */
function windowArguments(rest: readonly unknown[]) {
  const subtract = typeof rest[0] === 'function' ? (rest[0] as (...args: never[]) => unknown) : undefined
  const [length, slide, tail] = subtract === undefined ? rest : rest.slice(1)
  return { subtract, lengths: [length as Duration, slide as Duration | undefined] as const, tail }
}

function windowOptions(tail: unknown): IncrementalWindowOptions<never, never> {
  return isPartitioning(tail) ? { partitioner: tail } : ((tail ?? {}) as IncrementalWindowOptions<never, never>)
}
