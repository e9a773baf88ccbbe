import { callSite } from '../../closures/index.ts'
import { checkFunction } from '../../errors/not-a-function.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import type { RDD } from '../../rdd/rdd.ts'
import type { Time } from '../../time/index.ts'
import { addedAfter, madeOutside, checkpointIntervalFixed, levelFixed, rememberTwice, sameOutput } from '../errors.ts'
import type { PartitionsAction } from '../outputs/for-each-partition.ts'
import type { InputDStream } from './input-dstream.ts'
import type { NewStreamNode, StreamNode } from './plan/node.ts'
import type { StreamSettings } from './settings.ts'

/** What is done with the RDD of each batch: a driver function, called live on the main thread. */
export type OutputFunction = (rdd: RDD<unknown>, time: Time) => unknown

/** An output operation: the leaf of a stream plan. */
export interface OutputNode {
  /** In the order of registration, from 0. */
  readonly id: number
  /** `print`, `foreachRDD`, … */
  readonly operator: string
  readonly site: string
  readonly parent: StreamNode
  readonly f: OutputFunction
  /** What `f` does, where that can be said in a checkpoint; else `f` itself is captured for it. */
  readonly action?: NamedAction
}

/** An output operation of this project's own. The names are part of the checkpoint's format: they stay. */
export type NamedAction =
  | { readonly kind: 'print'; readonly num: number }
  | { readonly kind: 'saveAsTextFiles' | 'saveAsObjectFiles'; readonly prefix: string; readonly suffix: string }
  | PartitionsAction

/** Gives a new stream node its id and call site: what every operator is handed, so that operators stay pure functions from plan to plan. */
export type MakeStream = (node: NewStreamNode) => StreamNode

/** The same factory, every node of it under one operator's name: a derived operator shows as one, whatever it is made of. */
export const underName =
  (make: MakeStream, operator: string): MakeStream =>
  node =>
    make({ ...node, operator })

/** Whether a graph still takes nodes; after the context has started, or stopped, or was rebuilt from a checkpoint alone, it does not. */
export type GraphPhase = 'open' | 'rebuilt' | 'started' | 'stopped'

/**
 * Everything that a StreamingContext is to do, as a plan: input streams, the streams made of them, output operations, and what the user
 * has set on them. It grows until the context starts and does not change after that.
 *
 * @see Spark's `DStreamGraph`
 */
export class StreamGraph {
  readonly batchMs: number
  readonly #inputs: InputDStream<unknown>[] = []
  readonly #outputs: OutputNode[] = []
  readonly #settings = new Map<number, StreamSettings>()
  #phase: GraphPhase = 'open'
  #nextId = 0
  #rememberMs: number | undefined
  #zeroMs: number | undefined
  /** Where what is made now was written. */
  #site: string | undefined

  constructor(batchMs: number) {
    this.batchMs = batchMs
  }

  /** Input streams by their numbers. */
  get inputs(): readonly InputDStream<unknown>[] {
    return this.#inputs
  }

  get outputs(): readonly OutputNode[] {
    return this.#outputs
  }

  get settings(): ReadonlyMap<number, StreamSettings> {
    return this.#settings
  }

  /** `ssc.remember`: the least that every output's stream remembers. */
  get rememberMs(): number | undefined {
    return this.#rememberMs
  }

  /** What `f` makes was written there: it is made again. */
  at<R>(site: string, f: () => R): R {
    this.#site = site
    try {
      return f()
    } finally {
      this.#site = undefined
    }
  }

  /** As they were set before a restart. */
  restoreSettings(stream: StreamNode, settings: StreamSettings): void {
    this.#settings.set(stream.id, settings)
  }

  /** The batch time before the very first one, also after a restart; known once the context has started. */
  get zeroMs(): number | undefined {
    return this.#zeroMs
  }

  begin(zeroMs: number): void {
    this.#zeroMs = zeroMs
  }

  /** Nothing can be added from now on. */
  close(phase: Exclude<GraphPhase, 'open'>): void {
    this.#phase = phase
  }

  /** @throws DStreamError CONTEXT_NOT_OPEN once the context has started */
  readonly make: MakeStream = node => {
    this.#checkOpen(node.operator)
    const made = { ...node, id: this.#nextId++, site: this.#site ?? callSite() }
    if (made.kind === 'window' || made.kind === 'reducedWindow') this.#keepForWindow(made)
    return made
  }

  /**
   * The node of an input stream that is being made; `bindInput` follows.
   * @throws DStreamError CONTEXT_NOT_OPEN once the context has started
   */
  newInput(operator: string): StreamNode {
    return this.make({ kind: 'input', operator, parents: [], slideMs: this.batchMs, inputId: this.#inputs.length })
  }

  /** The stream to the node made last. Gives its number. */
  bindInput(input: InputDStream<unknown>): number {
    return this.#inputs.push(input) - 1
  }

  /** @throws DStreamError NOT_A_FUNCTION; DUPLICATE_OUTPUT; CONTEXT_NOT_OPEN once the context has started */
  addOutput(output: Omit<OutputNode, 'id' | 'site'>): void {
    checkFunction(output.operator, output.f)
    this.#checkOpen(output.operator)
    this.#checkName(output)
    this.#outputs.push({ ...output, id: this.#outputs.length, site: this.#site ?? callSite() })
  }

  /** @throws DStreamError STORAGE_LEVEL_FIXED once the context has started */
  setLevel(stream: StreamNode, level: StorageLevel): void {
    if (this.#phase !== 'open') throw levelFixed()
    // The union of a window shares its parent's RDDs, so those are what is kept.
    if (stream.kind === 'window' || stream.kind === 'reducedWindow') this.setLevel(stream.parents[0]!, level)
    if (stream.kind !== 'window') this.#settings.set(stream.id, { ...this.#settings.get(stream.id), level })
  }

  /** @throws DStreamError CHECKPOINT_INTERVAL_FIXED once the context has started */
  setCheckpointInterval(stream: StreamNode, checkpointMs: number): void {
    if (this.#phase !== 'open') throw checkpointIntervalFixed()
    this.setLevel(stream, StorageLevel.MEMORY_ONLY_SER)
    this.#settings.set(stream.id, { ...this.#settings.get(stream.id), checkpointMs })
  }

  /**
   * What the stream is recognised by; of an operator that is made of several, the one that holds something.
   * @throws DStreamError CONTEXT_NOT_OPEN once the context has started
   */
  setUid(stream: StreamNode, uid: string): void {
    this.#checkOpen('uid')
    const named = holderOf(stream)
    this.#settings.set(named.id, { ...this.#settings.get(named.id), uid })
  }

  /** @throws DStreamError REMEMBER_SET_TWICE */
  remember(ms: number): void {
    if (this.#rememberMs !== undefined) throw rememberTwice(this.#rememberMs)
    this.#rememberMs = ms
  }

  /** What was written is recognised by the name of the output. */
  #checkName({ operator, action }: Pick<OutputNode, 'operator' | 'action'>): void {
    if (action?.kind !== 'partitions') return
    const { name } = action
    const other = this.#outputs.find(output => output.action?.kind === 'partitions' && output.action.name === name)
    if (other !== undefined) throw sameOutput(name, operator, other)
  }

  /** Each RDD of the parent is used by several windows. */
  #keepForWindow(window: StreamNode): void {
    const parent = window.parents[0]!
    if (this.#settings.get(parent.id)?.level === undefined) this.setLevel(parent, StorageLevel.MEMORY_ONLY_SER)
    if (window.kind === 'reducedWindow') this.setLevel(window, this.#settings.get(parent.id)!.level!)
  }

  #checkOpen(operator: string): void {
    if (this.#phase === 'rebuilt') throw madeOutside(operator)
    if (this.#phase !== 'open') throw addedAfter(this.#phase === 'started' ? 'starting' : 'stopping', operator)
  }
}

/** The stream that holds state or an earlier result, among those that the same application of an operator has made; else the stream itself. */
function holderOf(stream: StreamNode): StreamNode {
  let node: StreamNode | undefined = stream
  while (node !== undefined && node.operator === stream.operator && node.site === stream.site) {
    if (node.kind === 'state' || node.kind === 'reducedWindow') return node
    node = node.parents[0]
  }
  return stream
}
