import { compareKeys, decodeRecords, encodeRecords, KeyMap } from '../../codec/index.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import { partitionOf } from '../../rdd/partitioners/partition-of.ts'
import type { Action } from '../../rdd/plan/action.ts'
import type { NarrowNode, RddNode, ShuffleNode, StateNode, ZipNode } from '../../rdd/plan/node.ts'
import { isPromiseLike, returnedPromise } from '../returned-promise.ts'
import { evaluateState, stateRecords, type EvaluatedState } from './evaluate-state.ts'
import { allOf, recordsOfSource } from './records-of-source.ts'

type Fn = (...args: unknown[]) => unknown
type Pair = readonly [key: unknown, value: unknown]
type Bytes = Uint8Array<SharedArrayBuffer>

const decodedState = (bytes: Bytes): Evaluated => stateRecords(decodeRecords(bytes)[0] as EvaluatedState)

/** What a job has of computed data: the outputs of shuffles by node id, `[map partition][reduce partition]`, and kept partitions. */
export interface Computed {
  readonly shuffled: ReadonlyMap<number, readonly (readonly Bytes[])[]>
  kept(nodeId: number, partition: number): Bytes | undefined
  keep(nodeId: number, partition: number, records: Bytes): void
  /** Whether partitions of this node are to be kept. */
  keeps(nodeId: number): boolean
}

/** The records of a partition, to be gone through any number of times; they are computed again each time unless `depth` is 0. */
interface Evaluated {
  readonly records: () => Iterable<unknown>
  /** How many generators lie one in the other. */
  readonly depth: number
  /** Of a state node: what views look at. */
  readonly state?: EvaluatedState
}

/** So many generators may lie one in the other before the records are put into an array: the call stack is finite. */
const deepest = 50

/** One attempt of a task: interprets the plan below a partition, each function instantiated once. */
export class Evaluation {
  readonly #computed: Computed
  readonly #instantiate: (f: TaskFunction) => Fn
  readonly #made = new Map<TaskFunction, Fn>()
  #blamed: { readonly error: unknown; readonly node: RddNode } | undefined

  constructor(computed: Computed, instantiate: (f: TaskFunction) => Fn) {
    this.#computed = computed
    this.#instantiate = instantiate
  }

  /** The node whose function threw this error, where that is known. */
  culprit(error: unknown): RddNode | undefined {
    return this.#blamed?.error === error ? this.#blamed?.node : undefined
  }

  /** What the action makes of a partition. */
  async result(target: RddNode, partition: number, action: Action): Promise<unknown> {
    const records = (await this.#evaluate(target, partition))()
    switch (action.kind) {
      case 'collect':
        return [...records]
      case 'take':
        return [...taken(records, action.limit)]
      case 'count':
        return [...records].length
      case 'run': {
        const result = this.#function(action.f)(iteratorOf(records), partition)
        if (isPromiseLike(result) && !action.async) throw returnedPromise('this action')
        return result
      }
    }
  }

  /** The pairs of a partition of a shuffle's parent, by the partition they go to. */
  async shuffleOutput(node: ShuffleNode, partition: number): Promise<Bytes[]> {
    const target = partitionOf(node.partitioner, f => this.#function(f))
    const buckets: Pair[][] = Array.from({ length: node.numPartitions }, () => [])
    try {
      for (const pair of (await this.#evaluate(node.parents[0]!, partition))() as Iterable<Pair>) {
        buckets[target(pair[0])]!.push(pair)
      }
      const combine = node.aggregate?.mapSideCombine === true
      return buckets.map(pairs => encodeRecords(combine ? [...this.#combined(node, pairs)] : pairs))
    } catch (error) {
      throw this.#blame(node, error)
    }
  }

  async #evaluate(root: RddNode, partition: number): Promise<() => Iterable<unknown>> {
    const done = new Map<string, Evaluated>()
    const pending: (readonly [RddNode, number])[] = [[root, partition]]
    while (pending.length > 0) {
      const [node, index] = pending.at(-1)!
      if (done.has(`${node.id}:${index}`)) {
        pending.pop()
        continue
      }
      const missing = this.#inputs(node, index).filter(([input, i]) => !done.has(`${input.id}:${i}`))
      if (missing.length > 0) {
        pending.push(...missing)
        continue
      }
      pending.pop()
      const inputs = this.#inputs(node, index).map(([input, i]) => done.get(`${input.id}:${i}`)!)
      done.set(`${node.id}:${index}`, await this.#evaluateOne(node, index, inputs))
    }
    return done.get(`${root.id}:${partition}`)!.records
  }

  /** The partitions of parents that must be there first. */
  #inputs(node: RddNode, partition: number): (readonly [RddNode, number])[] {
    if (this.#computed.kept(node.id, partition) !== undefined) return []
    switch (node.kind) {
      case 'source':
      case 'shuffle':
        return []
      case 'narrow':
        return [[node.parents[0]!, partition]]
      case 'state':
      case 'stateView':
        return node.parents.map(parent => [parent, partition] as const)
      case 'concat':
        return node.inputs[partition]!.map(input => [node.parents[input.parent]!, input.partition])
      case 'zip':
        return node.inputs[partition]!.map((index, parent) => [node.parents[parent]!, index])
    }
  }

  async #evaluateOne(node: RddNode, partition: number, inputs: readonly Evaluated[]): Promise<Evaluated> {
    const kept = this.#computed.kept(node.id, partition)
    if (kept !== undefined)
      return node.kind === 'state' ? decodedState(kept) : { records: () => decodeRecords(kept), depth: 0 }
    if (node.kind === 'state') return this.#state(node, partition, inputs)
    const evaluated = await this.#compute(node, partition, inputs)
    const keeps = this.#computed.keeps(node.id)
    if (!keeps && evaluated.depth < deepest) return evaluated
    const records = [...evaluated.records()]
    if (keeps) this.#computed.keep(node.id, partition, encodeRecords(records))
    return { records: () => records, depth: 0 }
  }

  async #compute(node: RddNode, partition: number, inputs: readonly Evaluated[]): Promise<Evaluated> {
    const depth = 1 + Math.max(0, ...inputs.map(input => input.depth))
    switch (node.kind) {
      case 'source': {
        const records = await this.#blaming(node, () => recordsOfSource(node, partition, f => this.#function(f)))
        return { records: () => records, depth: 0 }
      }
      case 'narrow':
        if (node.step.async !== true) return { records: () => this.#step(node, partition, inputs[0]!.records()), depth }
        return this.#asyncStep(node, partition, inputs[0]!.records())
      case 'concat':
        return { records: () => chained(inputs), depth }
      case 'zip':
        return { records: () => this.#zipped(node, partition, inputs), depth }
      case 'shuffle':
        return { records: () => this.#shuffled(node, partition), depth: 0 }
      case 'stateView':
        return { records: () => inputs[0]!.state![node.view], depth: 0 }
      case 'state':
        return this.#state(node, partition, inputs)
    }
  }

  /** A version of keyed state. Always kept: it is what the next batch begins with. */
  async #state(node: StateNode, partition: number, inputs: readonly Evaluated[]): Promise<Evaluated> {
    const evaluated = await this.#blaming(node, async () =>
      evaluateState(node, {
        f: this.#function(node.update.f),
        pairs: inputs[0]!.records(),
        before: inputs[1]?.state?.timed ?? inputs[1]?.records() ?? [],
      }),
    )
    this.#computed.keep(node.id, partition, encodeRecords([evaluated]))
    return stateRecords(evaluated)
  }

  *#step(node: NarrowNode, partition: number, records: Iterable<unknown>): Generator<unknown> {
    const { op } = node.step
    const f = this.#function(node.step.f)
    const call = (...args: unknown[]): unknown => {
      try {
        const result = f(...args)
        if (isPromiseLike(result)) throw returnedPromise(node.operator)
        return result
      } catch (error) {
        throw this.#blame(node, error)
      }
    }
    if (op === 'mapPartitions') yield* this.#guarded(node, call(iteratorOf(records), partition) as Iterable<unknown>)
    else if (op === 'map') for (const record of records) yield call(record)
    else if (op === 'flatMap')
      for (const record of records) yield* this.#guarded(node, call(record) as Iterable<unknown>)
    else for (const record of records) if (call(record)) yield record
  }

  async #asyncStep(node: NarrowNode, partition: number, records: Iterable<unknown>): Promise<Evaluated> {
    const all = await this.#blaming(node, async () =>
      allOf(await this.#function(node.step.f)(iteratorOf(records), partition)),
    )
    return { records: () => all, depth: 0 }
  }

  *#zipped(node: ZipNode, partition: number, inputs: readonly Evaluated[]): Generator<unknown> {
    const sides = inputs.map(input => iteratorOf(input.records()))
    yield* this.#guarded(node, this.#function(node.f)(sides, partition) as Iterable<unknown>)
  }

  #shuffled(node: ShuffleNode, partition: number): Iterable<unknown> {
    const outputs = this.#computed.shuffled.get(node.id)
    if (outputs === undefined) throw new Error(`The output of shuffle ${node.id} is not there`)
    const pairs = outputs.flatMap(byPartition => decodeRecords(byPartition[partition]!)) as Pair[]
    const merged = node.aggregate === undefined ? pairs : [...this.#merged(node, pairs)]
    if (node.order === undefined) return merged
    const sign = node.order === 'ascending' ? 1 : -1
    return merged.sort((a, b) => compareKeys(a[0], b[0]) * sign)
  }

  #merged(node: ShuffleNode, pairs: readonly Pair[]): Iterable<Pair> {
    const { mapSideCombine, mergeCombiners } = node.aggregate!
    return mapSideCombine
      ? this.#byKey(node, pairs, value => value, this.#function(mergeCombiners))
      : this.#combined(node, pairs)
  }

  #combined(node: ShuffleNode, pairs: readonly Pair[]): Iterable<Pair> {
    const { create, mergeValue } = node.aggregate!
    return this.#byKey(node, pairs, this.#function(create), this.#function(mergeValue))
  }

  #byKey(node: ShuffleNode, pairs: readonly Pair[], create: Fn, merge: Fn): Iterable<Pair> {
    const byKey = new KeyMap<unknown, unknown>()
    try {
      for (const [key, value] of pairs) byKey.set(key, byKey.has(key) ? merge(byKey.get(key), value) : create(value))
    } catch (error) {
      throw this.#blame(node, error)
    }
    return byKey
  }

  #function(f: TaskFunction): Fn {
    let made = this.#made.get(f)
    if (made === undefined) this.#made.set(f, (made = this.#instantiate(f)))
    return made
  }

  *#guarded(node: RddNode, records: Iterable<unknown>): Generator<unknown> {
    try {
      yield* records
    } catch (error) {
      throw this.#blame(node, error)
    }
  }

  async #blaming<R>(node: RddNode, f: () => Promise<R>): Promise<R> {
    try {
      return await f()
    } catch (error) {
      throw this.#blame(node, error)
    }
  }

  /** Notes where an error came from: the innermost node says so first. */
  #blame(node: RddNode, error: unknown): unknown {
    if (this.#blamed?.error !== error) this.#blamed = { error, node }
    return error
  }
}

function* chained(inputs: readonly Evaluated[]): Generator<unknown> {
  for (const input of inputs) yield* input.records()
}

function* taken(records: Iterable<unknown>, limit: number): Generator<unknown> {
  let left = limit
  if (left <= 0) return
  for (const record of records) {
    yield record
    if (--left === 0) return
  }
}

/** What functions over partitions are given: an iterator that can be looped over. */
const iteratorOf = (records: Iterable<unknown>): IterableIterator<unknown> =>
  Iterator.from(records) as IterableIterator<unknown>
