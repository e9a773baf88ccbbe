import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { replaceNodes } from '../../rdd/saved/replace-nodes.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import { RDD } from '../../rdd/rdd.ts'
import { Time } from '../../time/index.ts'
import type {
  InputNode,
  ReducedWindowNode,
  StateStreamNode,
  StreamNode,
  TransformedNode,
  WindowNode,
} from '../dstream/plan/node.ts'
import { sameTimeParentsFirst } from '../dstream/plan/node.ts'
import type { Retention } from '../dstream/retention.ts'
import type { StreamSettings } from '../dstream/settings.ts'
import { applyOperation, reduceWindow, unionAll } from '../dstream/operations/index.ts'
import { cannotTransform, cannotUnify } from '../errors.ts'
import { nextState } from '../state/next-state.ts'

/** What a live input stream answers for a batch; a promise where it has to ask somebody first. */
export type Compute = (time: Time) => RDD<unknown> | undefined | Promise<RDD<unknown> | undefined>

/** What the RDDs of a running context are made from. */
export interface GeneratedRddsParts {
  /** Gives new RDD nodes their ids. */
  readonly context: RddContext & {
    /** Another object that stands for a node. */
    adopt(node: RddNode): void
  }
  /** The number that the next new node will get: what was made in between belongs to the stream that was computed. */
  readonly nextNodeId: () => number
  /** The batch time before the first one. */
  readonly zeroMs: number
  /** By stream id: streams that begin later, with the time after which they do. */
  readonly beginsAfterMs?: ReadonlyMap<number, number>
  /** By stream id; only these streams have RDDs. */
  readonly retention: ReadonlyMap<number, Retention>
  readonly settings: ReadonlyMap<number, StreamSettings>
  /** By the number of the input stream. */
  readonly inputs: ReadonlyMap<number, Compute>
}

/** The answer of a stream for one batch time, kept until it is forgotten. `rdd` undefined: the stream has none at that time. */
interface Generated {
  readonly rdd: RDD<unknown> | undefined
  /** The RDD nodes made for it: from `firstId`, below `endId`. */
  readonly firstId: number
  readonly endId: number
  /** The one of them that is this batch's alone: whoever keeps it keeps it for as long as the stream remembers it. */
  readonly ownId?: number
  /** It is to be saved: the node that will stand for what is. */
  readonly place?: RddNode
  /** A version of state that has been saved: what the next version goes back to. */
  readonly saved?: RddNode
}

/** The RDD nodes of what no stream remembers any more. */
export interface Forgotten {
  /** The RDDs of streams: their data goes, and what was said about keeping them. */
  readonly own: readonly number[]
  /** What was made on the way. A driver function may have made datasets there that live on: what somebody keeps stays. */
  readonly made: readonly number[]
}

/** An RDD that is to be written down. */
export interface DueCheckpoint {
  readonly stream: StreamNode
  readonly timeMs: number
  readonly node: RddNode
  /** The node, older than `node`, that will stand for the saved records. */
  readonly place: RddNode
}

/** Thrown out of planning when something takes time, such as the answer of an input stream: plan again once it is settled. */
export class PlanningPending {
  readonly settled: Promise<unknown>

  constructor(settled: Promise<unknown>) {
    this.settled = settled
  }
}

/**
 * The RDD of every stream at every batch time that is remembered.
 *
 * Invariants:
 * 1. a stream is computed at most once for a batch time, also when it answers that it has no RDD;
 * 2. a stream has an answer only for times after `zeroMs` that are whole slides away from it;
 * 3. what is forgotten is handed out for release, and nothing else holds on to it;
 * 4. a result that is made of earlier results refers to none before the newest one that has been saved (see link).
 *
 * @see Spark's `DStream.getOrCompute`, `DStream.clearMetadata`
 */
export class GeneratedRdds {
  readonly #parts: GeneratedRddsParts
  readonly #byStream = new Map<number, Map<number, Generated>>()
  /** The streams that a stream is made of at the same time, parents first: they do not change, so they are listed once. */
  readonly #lineage = new Map<number, readonly StreamNode[]>()
  readonly #pending = new Map<string, PlanningPending>()
  /** The versions of keyed state that engines hold, by stream and time. */
  readonly #versions = new Map<StreamNode, number[]>()
  /** The streams of which RDDs are to be saved. */
  readonly #checkpointed = new Map<number, StreamNode>()
  /** The streams that are made of their own past. */
  readonly #holders = new Set<StreamNode>()
  /** The streams of which an earlier run has saved something. */
  readonly #restored = new Set<number>()
  /** The longest that any stream remembers. */
  readonly maxRememberMs: number

  constructor(parts: GeneratedRddsParts) {
    this.#parts = parts
    for (const id of parts.retention.keys()) this.#byStream.set(id, new Map())
    this.maxRememberMs = Math.max(0, ...[...parts.retention.values()].map(({ rememberMs }) => rememberMs))
  }

  /** Whether RDDs of this stream can be asked for: an output operation depends on it. */
  knows(stream: StreamNode): boolean {
    return this.#byStream.has(stream.id)
  }

  /**
   * The RDD of the stream at this time, computed if need be.
   * @throws PlanningPending when an input stream's answer is a promise
   */
  at(stream: StreamNode, timeMs: number): RDD<unknown> | undefined {
    if (!this.#isTimeOf(stream, timeMs)) return undefined
    const known = this.#byStream.get(stream.id)!.get(timeMs)
    if (known !== undefined) return known.rdd
    for (const node of this.#lineageOf(stream)) {
      const generated = this.#byStream.get(node.id)!
      if (!generated.has(timeMs) && this.#isTimeOf(node, timeMs)) generated.set(timeMs, this.#compute(node, timeMs))
    }
    return this.#byStream.get(stream.id)!.get(timeMs)?.rdd
  }

  /** The RDDs of the stream from `fromMs` to `toMs`, both included, where it has one. */
  slice(stream: StreamNode, fromMs: number, toMs: number): RDD<unknown>[] {
    const { zeroMs } = this.#parts
    const floor = (ms: number): number => zeroMs + Math.trunc((ms - zeroMs) / stream.slideMs) * stream.slideMs
    const rdds: RDD<unknown>[] = []
    for (let ms = Math.max(floor(fromMs), zeroMs); ms <= floor(toMs); ms += stream.slideMs) {
      const rdd = this.at(stream, ms)
      if (rdd !== undefined) rdds.push(rdd)
    }
    return rdds
  }

  /** Asks all the input streams that these streams are made of: answers that take time are waited for together. */
  askInputs(streams: readonly StreamNode[], timeMs: number): Promise<unknown> {
    const waits: Promise<unknown>[] = []
    for (const stream of streams) {
      for (const node of this.#lineageOf(stream)) {
        if (node.kind !== 'input') continue
        try {
          this.at(node, timeMs)
        } catch (error) {
          if (!(error instanceof PlanningPending)) throw error
          waits.push(error.settled)
        }
      }
    }
    return Promise.all(waits)
  }

  /** Drops what no stream remembers any more once the batch of this time is done; gives the RDD nodes to be released. */
  forget(batchMs: number): Forgotten {
    const own: number[] = []
    const made: number[] = []
    for (const [stream, times] of this.#versions) own.push(...this.#outdatedVersions(stream, times, batchMs))
    for (const [id, generated] of this.#byStream) {
      const upToMs = batchMs - this.#parts.retention.get(id)!.rememberMs
      for (const [timeMs, { firstId, endId, ownId }] of generated) {
        // In the order in which they were made: a slice of the past may stand behind newer ones, and goes when those go.
        if (timeMs > upToMs) break
        // What a stream begins again from stays until there is something newer, however late it is asked.
        if (generated.size === 1 && this.#restored.has(id)) break
        generated.delete(timeMs)
        for (let id = firstId; id < endId; id++) (id === ownId ? own : made).push(id)
      }
    }
    return { own, made }
  }

  // ── Checkpoints ──

  /** What an earlier run has saved of a stream is its RDD of that time. In the order of times, before anything is computed. */
  restore(stream: StreamNode, timeMs: number, node: RddNode): void {
    const rdd = new RDD<unknown>(this.#parts.context, node)
    this.#restored.add(stream.id)
    this.#byStream.get(stream.id)?.set(timeMs, { rdd, firstId: node.id, endId: node.id + 1, ownId: node.id })
  }

  /** Of each checkpointed stream the newest RDD up to this batch that is to be saved; the ones before it are not any more. */
  dueForCheckpoint(batchMs: number): DueCheckpoint[] {
    const due: DueCheckpoint[] = []
    for (const [id, stream] of this.#checkpointed) {
      let newest: DueCheckpoint | undefined
      for (const [timeMs, { rdd, place }] of this.#byStream.get(id)!) {
        if (place === undefined || timeMs > batchMs || timeMs < (newest?.timeMs ?? 0)) continue
        if (newest !== undefined) this.keepUnsaved(newest)
        newest = { stream, timeMs, node: rdd!.node, place }
      }
      if (newest !== undefined) due.push(newest)
    }
    return due
  }

  /**
   * Of each stream that is made of its own past the RDD that a run after this one, which begins with this batch again, can best go on from: the newest; of
   * `mapWithState` the newest that none of the batches run again looks at, since what was mapped is not saved.
   */
  newestForRestart(batchMs: number): Omit<DueCheckpoint, 'place'>[] {
    const found: Omit<DueCheckpoint, 'place'>[] = []
    for (const stream of this.#holders) {
      const touched = stream.kind === 'state' && stream.update.mode === 'touchedKeys'
      const upToMs = touched ? batchMs - this.#parts.retention.get(stream.id)!.neededMs : batchMs
      const timeMs = Math.max(...this.timesOf(stream).filter(ms => ms <= upToMs))
      const rdd = this.#byStream.get(stream.id)!.get(timeMs)?.rdd
      if (rdd !== undefined) found.push({ stream, timeMs, node: rdd.node })
    }
    return found
  }

  /** The RDD is not saved after all. */
  keepUnsaved({ stream, timeMs }: DueCheckpoint): void {
    const generated = this.#byStream.get(stream.id)!
    const { place: _, ...unsaved } = generated.get(timeMs) ?? nothing
    if (generated.has(timeMs)) generated.set(timeMs, unsaved)
  }

  /**
   * The RDD has been saved: those that are made of it go back to the saved records and not further. Gives the newest time for which the stream
   * has an RDD.
   */
  link(due: DueCheckpoint, saved: RddNode): number {
    const { stream, timeMs, node } = due
    const generated = this.#byStream.get(stream.id)!
    this.keepUnsaved(due)
    // The saved records take the place of a version of state for the next step only, which knows how to read them; any other dataset they replace.
    const replaced = new Map([[node.id, node.kind === 'state' ? saved : sameRecords(node, saved)]])
    const { context } = this.#parts
    if (node.kind === 'state' && generated.has(timeMs)) generated.set(timeMs, { ...generated.get(timeMs)!, saved })
    for (const [ms, entry] of generated) {
      if (ms < timeMs || entry.rdd === undefined || (ms === timeMs && node.kind === 'state')) continue
      const renewed = replaceNodes(entry.rdd.node, replaced, made => context.adopt(made))
      if (renewed === entry.rdd.node) continue
      if (ms === timeMs) context.adopt(renewed)
      replaced.set(renewed.id, renewed)
      generated.set(ms, { ...entry, rdd: new RDD<unknown>(context, renewed) })
    }
    return Math.max(...generated.keys(), timeMs)
  }

  /** The oldest time for which the stream is remembered; the end of time when nothing is. */
  oldestMs(streamId: number): number {
    return this.#byStream.get(streamId)!.keys().next().value ?? Infinity
  }

  /** Versions of state that nobody asks for in the normal course of things: should one be needed after all, it is made again from what was saved. */
  #outdatedVersions(stream: StreamNode, times: number[], batchMs: number): number[] {
    // The version before the newest stays, for a batch that failed half-way.
    const upToMs = batchMs - this.#parts.retention.get(stream.id)!.neededMs - stream.slideMs
    const generated = this.#byStream.get(stream.id)!
    const outdated = times.filter(ms => ms <= upToMs && generated.get(ms)?.place === undefined)
    if (outdated.length > 0) this.#versions.set(stream, times.filter(ms => !outdated.includes(ms))) // prettier-ignore
    return outdated.flatMap(ms => generated.get(ms)?.rdd?.node.id ?? [])
  }

  /** The batch times at which the stream holds an RDD, ascending. */
  timesOf(stream: StreamNode): number[] {
    const generated = this.#byStream.get(stream.id) ?? new Map<number, Generated>()
    return [...generated].flatMap(([timeMs, { rdd }]) => (rdd === undefined ? [] : [timeMs])).sort((a, b) => a - b)
  }

  #isTimeOf(stream: StreamNode, timeMs: number): boolean {
    const sinceZeroMs = timeMs - this.#parts.zeroMs
    if (sinceZeroMs <= 0 || sinceZeroMs % stream.slideMs !== 0) return false
    return timeMs > (this.#parts.beginsAfterMs?.get(stream.id) ?? -Infinity)
  }

  #lineageOf(stream: StreamNode): readonly StreamNode[] {
    let lineage = this.#lineage.get(stream.id)
    if (lineage === undefined) this.#lineage.set(stream.id, (lineage = sameTimeParentsFirst(stream)))
    return lineage
  }

  #compute(node: StreamNode, timeMs: number): Generated {
    switch (node.kind) {
      case 'input':
        return this.#computeInput(node, timeMs)
      case 'transformed':
        return this.#computeTransformed(node, timeMs)
      case 'window':
        return this.#computeWindow(node, timeMs)
      case 'reducedWindow':
      case 'state':
        return this.#computeFromPrevious(node, timeMs)
    }
  }

  #computeInput(node: InputNode, timeMs: number): Generated {
    const key = `${node.inputId}@${timeMs}`
    const pending = this.#pending.get(key)
    if (pending !== undefined) throw pending
    const firstId = this.#parts.nextNodeId()
    const answer = this.#parts.inputs.get(node.inputId)!(new Time(timeMs))
    if (!isPromise(answer)) return this.#keep(node, answer, firstId)
    const settled = Promise.resolve(answer).then(rdd => {
      // What others have made meanwhile is not this stream's; nor is a dataset that there was before.
      const id = Math.max(rdd?.node.id ?? 0, firstId)
      const endId = rdd?.node.id === id ? id + 1 : id
      this.#byStream.get(node.id)!.set(timeMs, this.#keep(node, rdd, id, { endId }))
    })
    const thrown = new PlanningPending(settled.finally(() => this.#pending.delete(key)))
    this.#pending.set(key, thrown)
    // Its failure is the batch's, told to whoever waits; another input that fails at once may keep the batch from waiting.
    thrown.settled.catch(() => {})
    throw thrown
  }

  #computeTransformed(node: TransformedNode, timeMs: number): Generated {
    const rdds: RDD<unknown>[] = []
    for (const parent of node.parents) {
      const rdd = this.#byStream.get(parent.id)!.get(timeMs)?.rdd
      if (rdd !== undefined) rdds.push(rdd)
      else if (node.absent === 'unify-fails') throw cannotUnify(timeMs)
      else if (node.absent === 'transform-fails') throw cannotTransform(timeMs)
      else return this.#keep(node, undefined, 0)
    }
    const firstId = this.#parts.nextNodeId()
    const place = this.#placeFor(node, timeMs)
    return this.#keep(node, applyOperation(this.#parts.context, node, rdds, timeMs), firstId, { place })
  }

  #computeWindow(node: WindowNode, timeMs: number): Generated {
    const parent = node.parents[0]!
    const rdds = this.slice(parent, timeMs - node.windowMs + parent.slideMs, timeMs)
    const firstId = this.#parts.nextNodeId()
    const place = this.#placeFor(node, timeMs)
    return this.#keep(node, unionAll(this.#parts.context, node, rdds), firstId, { place })
  }

  #computeFromPrevious(node: ReducedWindowNode | StateStreamNode, timeMs: number): Generated {
    this.#holders.add(node)
    const generated = this.#byStream.get(node.id)!
    const at = (ms: number): Generated =>
      node.kind === 'state' ? this.#nextStateAt(node, ms) : this.#reduceWindowAt(node, ms)
    // Each result is made of the one before. A loop instead of a recursion, for a stream that nobody asked for in a long time.
    const missing: number[] = []
    for (let ms = timeMs - node.slideMs; this.#isTimeOf(node, ms) && !generated.has(ms); ms -= node.slideMs)
      missing.push(ms)
    for (const ms of missing.reverse()) generated.set(ms, at(ms))
    return at(timeMs)
  }

  #nextStateAt(node: StateStreamNode, timeMs: number): Generated {
    const { rdd: previous, saved } = this.#byStream.get(node.id)!.get(timeMs - node.slideMs) ?? nothing
    const pairs = this.at(node.parents[0]!, timeMs)
    const firstId = this.#parts.nextNodeId()
    const place = this.#placeFor(node, timeMs)
    const sweep = this.#isCheckpointTime(node, timeMs)
    const batch = { timeMs, previous, saved, pairs, sweep, toBeSaved: place !== undefined }
    return this.#keep(node, nextState(this.#parts.context, node, batch), firstId, { place, timeMs })
  }

  //  _____________________________
  // |  previous window   _________|___________________
  // |___________________|       current window        |  --------------> time
  //                     |_____________________________|
  //
  // |________ _________|          |________ _________|
  //          leaving                       coming
  #reduceWindowAt(node: ReducedWindowNode, timeMs: number): Generated {
    const parent = node.parents[0]!
    const beginMs = timeMs - node.windowMs + parent.slideMs
    const previous = this.#byStream.get(node.id)!.get(timeMs - node.slideMs)?.rdd
    // What was never merged in is not taken out.
    const mergedMs = this.#beganAnewMs(node) + parent.slideMs
    const leaving = this.slice(parent, Math.max(beginMs - node.slideMs, mergedMs), beginMs - parent.slideMs)
    const coming = this.slice(parent, timeMs - node.slideMs + parent.slideMs, timeMs)
    const firstId = this.#parts.nextNodeId()
    const place = this.#placeFor(node, timeMs)
    return this.#keep(node, reduceWindow(this.#parts.context, node, previous, leaving, coming), firstId, { place })
  }

  /** The time up to which a stream that begins after others is made of nothing. */
  #beganAnewMs(node: StreamNode): number {
    const { beginsAfterMs, zeroMs } = this.#parts
    const afterMs = beginsAfterMs?.get(node.id)
    // Of one that goes on from what was saved the whole past is merged in.
    if (afterMs === undefined || this.#restored.has(node.id)) return -Infinity
    return zeroMs + Math.floor((afterMs - zeroMs) / node.slideMs) * node.slideMs
  }

  #isCheckpointTime(node: StreamNode, timeMs: number): boolean {
    const { checkpointMs } = this.#parts.retention.get(node.id)!
    return checkpointMs !== undefined && (timeMs - this.#parts.zeroMs) % checkpointMs === 0
  }

  /** Taken before the RDD is made, so that what stands for its saved records is older than it. */
  #placeFor(node: StreamNode, timeMs: number): RddNode | undefined {
    if (!this.#isCheckpointTime(node, timeMs)) return undefined
    const source = { kind: 'values', partitions: [] } as const
    const { context } = this.#parts
    return context.newNode({ kind: 'source', operator: 'checkpoint', parents: [], numPartitions: 0, source }, node.site)
  }

  #keep(
    node: StreamNode,
    rdd: RDD<unknown> | undefined,
    firstId: number,
    more: { readonly endId?: number; readonly place?: RddNode | undefined; readonly timeMs?: number } = {},
  ): Generated {
    if (rdd === undefined) return nothing
    const { context, settings } = this.#parts
    const { endId = this.#parts.nextNodeId(), place, timeMs } = more
    const madeHere = rdd.node.id >= firstId && rdd.node.id < endId
    if (node.kind === 'state' && timeMs !== undefined) this.#holdVersion(node, timeMs)
    // Engines keep versions of state of their own accord.
    const level = rdd.node.kind === 'state' ? StorageLevel.NONE : settings.get(node.id)?.level
    // One that a driver function gives with a level is kept for longer than the batch: it may give the same one again.
    const ownId = madeHere && context.levelOf(rdd.node as RddNode) === StorageLevel.NONE ? rdd.node.id : undefined
    if (level !== undefined && level !== StorageLevel.NONE && madeHere) context.persist(rdd.node as RddNode, level)
    const generated = { rdd, firstId, endId, ...(ownId === undefined ? {} : { ownId }) }
    if (place === undefined || !madeHere) return generated
    this.#checkpointed.set(node.id, node)
    return { ...generated, place }
  }

  #holdVersion(stream: StateStreamNode, timeMs: number): void {
    const times = this.#versions.get(stream)
    if (times === undefined) this.#versions.set(stream, [timeMs])
    else times.push(timeMs)
  }
}

/** The dataset, made of its saved records. */
const sameRecords = ({ id, site, operator, numPartitions, partitioner }: RddNode, saved: RddNode): RddNode => ({
  kind: 'concat',
  id,
  site,
  operator,
  numPartitions,
  ...(partitioner === undefined ? {} : { partitioner }),
  parents: [saved],
  inputs: Array.from({ length: numPartitions }, (_, partition) => [{ parent: 0, partition }]),
})

const isPromise = (answer: unknown): answer is Promise<unknown> =>
  typeof (answer as { readonly then?: unknown } | undefined)?.then === 'function'

const nothing: Generated = { rdd: undefined, firstId: 0, endId: 0 }
