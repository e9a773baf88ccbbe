import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import type { RDD } from '../../rdd/rdd.ts'
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
import type { StreamSettings } from '../dstream/settings.ts'
import { applyOperation, reduceWindow, unionAll } from '../dstream/operations/index.ts'
import { cannotTransform, cannotUnify } from '../errors.ts'
import { nextState } from '../state/next-state.ts'
import type { Generated, GeneratedRdds } from './generated-rdds.ts'
import type { LineageCuts } from './lineage-cuts.ts'

/** What a live input stream answers for a batch; a promise where it has to ask somebody first. */
export type Compute = (time: Time) => RDD<unknown> | undefined | Promise<RDD<unknown> | undefined>

/** What the RDDs of a running context are made from. */
export interface StreamPlannerParts {
  /** Gives new RDD nodes their ids. */
  readonly context: RddContext
  /** The number that the next new node will get: what was made in between belongs to the stream that was computed. */
  readonly nextNodeId: () => number
  /** The batch time before the first one. */
  readonly zeroMs: number
  /** By stream id: streams that begin later, with the time after which they do. */
  readonly beginsAfterMs?: ReadonlyMap<number, number>
  readonly settings: ReadonlyMap<number, StreamSettings>
  /** By the number of the input stream. */
  readonly inputs: ReadonlyMap<number, Compute>
  readonly rdds: GeneratedRdds
  readonly cuts: LineageCuts
}

/** Thrown out of planning when something takes time, such as the answer of an input stream: plan again once it is settled. */
export class PlanningPending {
  readonly settled: Promise<unknown>

  constructor(settled: Promise<unknown>) {
    this.settled = settled
  }
}

/**
 * Makes the RDD of a stream at a batch time, of the RDDs of the streams that it is made of.
 *
 * Invariants:
 * 1. a stream is computed at most once for a batch time, also when it answers that it has no RDD;
 * 2. a stream has an answer only for times after `zeroMs` that are whole slides away from it.
 *
 * @see Spark's `DStream.getOrCompute`
 */
export class StreamPlanner {
  readonly #parts: StreamPlannerParts
  readonly #rdds: GeneratedRdds
  /** The streams that a stream is made of at the same time, parents first: they do not change, so they are listed once. */
  readonly #lineage = new Map<number, readonly StreamNode[]>()
  readonly #pending = new Map<string, PlanningPending>()

  constructor(parts: StreamPlannerParts) {
    this.#parts = parts
    this.#rdds = parts.rdds
  }

  /**
   * The RDD of the stream at this time, computed if need be.
   * @throws PlanningPending when an input stream's answer is a promise
   */
  at(stream: StreamNode, timeMs: number): RDD<unknown> | undefined {
    if (!this.#isTimeOf(stream, timeMs)) return undefined
    const known = this.#rdds.get(stream, timeMs)
    if (known !== undefined) return known.rdd
    for (const node of this.#lineageOf(stream)) {
      if (this.#rdds.get(node, timeMs) === undefined && this.#isTimeOf(node, timeMs))
        this.#rdds.add(node, timeMs, this.#compute(node, timeMs))
    }
    return this.#rdds.get(stream, timeMs)?.rdd
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
      this.#rdds.add(node, timeMs, this.#keep(node, rdd, id, { endId }))
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
      const rdd = this.#rdds.get(parent, timeMs)?.rdd
      if (rdd !== undefined) rdds.push(rdd)
      else if (node.absent === 'unify-fails') throw cannotUnify(timeMs)
      else if (node.absent === 'transform-fails') throw cannotTransform(timeMs)
      else return nothing
    }
    const firstId = this.#parts.nextNodeId()
    const place = this.#parts.cuts.placeFor(node, timeMs)
    return this.#keep(node, applyOperation(this.#parts.context, node, rdds, timeMs), firstId, { place })
  }

  #computeWindow(node: WindowNode, timeMs: number): Generated {
    const parent = node.parents[0]!
    const rdds = this.slice(parent, timeMs - node.windowMs + parent.slideMs, timeMs)
    const firstId = this.#parts.nextNodeId()
    const place = this.#parts.cuts.placeFor(node, timeMs)
    return this.#keep(node, unionAll(this.#parts.context, node, rdds), firstId, { place })
  }

  #computeFromPrevious(node: ReducedWindowNode | StateStreamNode, timeMs: number): Generated {
    this.#parts.cuts.addHolder(node)
    const at = (ms: number): Generated =>
      node.kind === 'state' ? this.#nextStateAt(node, ms) : this.#reduceWindowAt(node, ms)
    // Each result is made of the one before. A loop instead of a recursion, for a stream that nobody asked for in a long time.
    const missing: number[] = []
    let ms = timeMs - node.slideMs
    for (; this.#isTimeOf(node, ms) && this.#rdds.get(node, ms) === undefined; ms -= node.slideMs) missing.push(ms)
    for (const ms of missing.reverse()) this.#rdds.add(node, ms, at(ms))
    return at(timeMs)
  }

  #nextStateAt(node: StateStreamNode, timeMs: number): Generated {
    const { rdd: previous, saved } = this.#rdds.get(node, timeMs - node.slideMs) ?? nothing
    const pairs = this.at(node.parents[0]!, timeMs)
    const firstId = this.#parts.nextNodeId()
    const place = this.#parts.cuts.placeFor(node, timeMs)
    const isCheckpointTime = place !== undefined
    const batch = { timeMs, previous, saved, pairs, sweep: isCheckpointTime, toBeSaved: isCheckpointTime }
    return this.#keep(node, nextState(this.#parts.context, node, batch), firstId, { place })
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
    const previous = this.#rdds.get(node, timeMs - node.slideMs)?.rdd
    // What was never merged in is not taken out.
    const mergedMs = this.#beganAnewMs(node) + parent.slideMs
    const leaving = this.slice(parent, Math.max(beginMs - node.slideMs, mergedMs), beginMs - parent.slideMs)
    const coming = this.slice(parent, timeMs - node.slideMs + parent.slideMs, timeMs)
    const firstId = this.#parts.nextNodeId()
    const place = this.#parts.cuts.placeFor(node, timeMs)
    return this.#keep(node, reduceWindow(this.#parts.context, node, previous, leaving, coming), firstId, { place })
  }

  /** The time up to which a stream that begins after others is made of nothing. */
  #beganAnewMs(node: StreamNode): number {
    const { beginsAfterMs, zeroMs } = this.#parts
    const afterMs = beginsAfterMs?.get(node.id)
    // Of one that goes on from what was saved the whole past is merged in.
    if (afterMs === undefined || this.#rdds.isRestored(node)) return -Infinity
    return zeroMs + Math.floor((afterMs - zeroMs) / node.slideMs) * node.slideMs
  }

  /** The answer of a stream, with what is its own; from here on the RDD is kept as the stream was told to keep its RDDs. */
  #keep(
    node: StreamNode,
    rdd: RDD<unknown> | undefined,
    firstId: number,
    more: { readonly endId?: number; readonly place?: RddNode | undefined } = {},
  ): Generated {
    if (rdd === undefined) return nothing
    const { context, settings } = this.#parts
    const { endId = this.#parts.nextNodeId(), place } = more
    const madeHere = rdd.node.id >= firstId && rdd.node.id < endId
    // Engines keep versions of state of their own accord.
    const level = rdd.node.kind === 'state' ? StorageLevel.NONE : settings.get(node.id)?.level
    // One that a driver function gives with a level is kept for longer than the batch: it may give the same one again.
    const ownId = madeHere && context.levelOf(rdd.node as RddNode) === StorageLevel.NONE ? rdd.node.id : undefined
    if (level !== undefined && level !== StorageLevel.NONE && madeHere) context.persist(rdd.node as RddNode, level)
    const generated = { rdd, firstId, endId, ...(ownId === undefined ? {} : { ownId }) }
    return place === undefined || !madeHere ? generated : { ...generated, place }
  }
}

const isPromise = (answer: unknown): answer is Promise<unknown> =>
  typeof (answer as { readonly then?: unknown } | undefined)?.then === 'function'

const nothing: Generated = { rdd: undefined, firstId: 0, endId: 0 }
