import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { RDD } from '../../rdd/rdd.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { Retention } from '../dstream/retention.ts'

/** The answer of a stream for one batch time, kept until it is forgotten. `rdd` undefined: the stream has none at that time. */
export interface Generated {
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

/**
 * What every stream has answered for the batch times that are remembered.
 *
 * Invariant: what is forgotten is handed out for release, and nothing else holds on to it.
 *
 * @see Spark's `DStream.generatedRDDs`, `DStream.clearMetadata`
 */
export class GeneratedRdds {
  readonly #context: RddContext
  readonly #retention: ReadonlyMap<number, Retention>
  readonly #byStream = new Map<number, Map<number, Generated>>()
  /** The versions of keyed state that engines hold, by stream and time. */
  readonly #versions = new Map<StreamNode, number[]>()
  /** The streams of which an earlier run has saved something. */
  readonly #restored = new Set<number>()
  /** The longest that any stream remembers. */
  readonly maxRememberMs: number

  /** @param retention by stream id; only these streams have RDDs */
  constructor(context: RddContext, retention: ReadonlyMap<number, Retention>) {
    this.#context = context
    this.#retention = retention
    for (const id of retention.keys()) this.#byStream.set(id, new Map())
    this.maxRememberMs = Math.max(0, ...[...retention.values()].map(({ rememberMs }) => rememberMs))
  }

  /** Whether RDDs of this stream can be asked for: an output operation depends on it. */
  knows(stream: StreamNode): boolean {
    return this.#byStream.has(stream.id)
  }

  /** Undefined: it has not been asked, or nobody remembers. */
  get(stream: StreamNode, timeMs: number): Generated | undefined {
    return this.#byStream.get(stream.id)!.get(timeMs)
  }

  /** What is remembered of the stream, by time, in the order in which it was made. */
  entriesOf(stream: StreamNode): ReadonlyMap<number, Generated> {
    return this.#byStream.get(stream.id)!
  }

  /** The stream has answered. */
  add(stream: StreamNode, timeMs: number, answer: Generated): void {
    this.#byStream.get(stream.id)!.set(timeMs, answer)
    if (stream.kind !== 'state' || answer.rdd === undefined) return
    const times = this.#versions.get(stream)
    if (times === undefined) this.#versions.set(stream, [timeMs])
    else times.push(timeMs)
  }

  /** Something else stands for what it has answered, where that is still remembered. */
  change(stream: StreamNode, timeMs: number, renew: (answer: Generated) => Generated): void {
    const generated = this.#byStream.get(stream.id)!
    const answer = generated.get(timeMs)
    if (answer !== undefined) generated.set(timeMs, renew(answer))
  }

  /** What an earlier run has saved of a stream is its RDD of that time. In the order of times, before anything is computed. */
  restore(stream: StreamNode, timeMs: number, node: RddNode): void {
    const rdd = new RDD<unknown>(this.#context, node)
    this.#restored.add(stream.id)
    this.#byStream.get(stream.id)?.set(timeMs, { rdd, firstId: node.id, endId: node.id + 1, ownId: node.id })
  }

  /** It goes on from what an earlier run has saved. */
  isRestored(stream: StreamNode): boolean {
    return this.#restored.has(stream.id)
  }

  /** The oldest time for which the stream is remembered; the end of time when nothing is. */
  oldestMs(streamId: number): number {
    return this.#byStream.get(streamId)!.keys().next().value ?? Infinity
  }

  /** The batch times at which the stream holds an RDD, ascending. */
  timesOf(stream: StreamNode): number[] {
    const generated = this.#byStream.get(stream.id) ?? new Map<number, Generated>()
    return [...generated].flatMap(([timeMs, { rdd }]) => (rdd === undefined ? [] : [timeMs])).sort((a, b) => a - b)
  }

  /** Drops what no stream remembers any more once the batch of this time is done; gives the RDD nodes to be released. */
  forget(batchMs: number): Forgotten {
    const own: number[] = []
    const made: number[] = []
    for (const [stream, times] of this.#versions) own.push(...this.#outdatedVersions(stream, times, batchMs))
    for (const [id, generated] of this.#byStream) {
      const upToMs = batchMs - this.#retention.get(id)!.rememberMs
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

  /** Versions of state that nobody asks for in the normal course of things: should one be needed after all, it is made again from what was saved. */
  #outdatedVersions(stream: StreamNode, times: number[], batchMs: number): number[] {
    // The version before the newest stays, for a batch that failed half-way.
    const upToMs = batchMs - this.#retention.get(stream.id)!.neededMs - stream.slideMs
    const generated = this.#byStream.get(stream.id)!
    const outdated = times.filter(ms => ms <= upToMs && generated.get(ms)?.place === undefined)
    if (outdated.length > 0) this.#versions.set(stream, times.filter(ms => !outdated.includes(ms))) // prettier-ignore
    return outdated.flatMap(ms => generated.get(ms)?.rdd?.node.id ?? [])
  }
}
