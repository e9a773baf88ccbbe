import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { RDD } from '../../rdd/rdd.ts'
import { replaceNodes } from '../../rdd/saved/replace-nodes.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { Retention } from '../dstream/retention.ts'
import type { GeneratedRdds } from './generated-rdds.ts'

export interface LineageCutsParts {
  readonly context: RddContext & {
    /** Another object that stands for a node. */
    adopt(node: RddNode): void
  }
  /** The batch time before the first one. */
  readonly zeroMs: number
  readonly retention: ReadonlyMap<number, Retention>
  readonly rdds: GeneratedRdds
}

/** An RDD that is to be written down. */
export interface DueCheckpoint {
  readonly stream: StreamNode
  readonly timeMs: number
  readonly node: RddNode
  /** The node, older than `node`, that will stand for the saved records. */
  readonly place: RddNode
}

/**
 * Bounds how far back the RDDs of streams go: marks those that are to be saved, and cuts what is made of them there once they are.
 *
 * Invariant: a result that is made of earlier results refers to none before the newest one that has been saved (see link).
 *
 * @see Spark's `DStreamCheckpointData`
 */
export class LineageCuts {
  readonly #parts: LineageCutsParts
  /** The streams of which RDDs are to be saved. */
  readonly #checkpointed = new Map<number, StreamNode>()
  /** The streams that are made of their own past. */
  readonly #holders = new Set<StreamNode>()

  constructor(parts: LineageCutsParts) {
    this.#parts = parts
  }

  /**
   * What will stand for the saved records of the stream's RDD of this time, where that is to be saved. Taken before the RDD is made, so
   * that it is older.
   */
  placeFor(stream: StreamNode, timeMs: number): RddNode | undefined {
    const { context, zeroMs, retention } = this.#parts
    const { checkpointMs } = retention.get(stream.id)!
    if (checkpointMs === undefined || (timeMs - zeroMs) % checkpointMs !== 0) return undefined
    this.#checkpointed.set(stream.id, stream)
    const source = { kind: 'values', partitions: [] } as const
    return context.newNode(
      { kind: 'source', operator: 'checkpoint', parents: [], numPartitions: 0, source },
      stream.site,
    )
  }

  /** The stream is made of its own past: a run after this one begins with what it holds. */
  addHolder(stream: StreamNode): void {
    this.#holders.add(stream)
  }

  /** Of each checkpointed stream the newest RDD up to this batch that is to be saved; the ones before it are not any more. */
  due(batchMs: number): DueCheckpoint[] {
    const due: DueCheckpoint[] = []
    for (const stream of this.#checkpointed.values()) {
      let newest: DueCheckpoint | undefined
      for (const [timeMs, { rdd, place }] of this.#parts.rdds.entriesOf(stream)) {
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
    const { rdds, retention } = this.#parts
    const found: Omit<DueCheckpoint, 'place'>[] = []
    for (const stream of this.#holders) {
      const touched = stream.kind === 'state' && stream.update.mode === 'touchedKeys'
      const upToMs = touched ? batchMs - retention.get(stream.id)!.neededMs : batchMs
      const timeMs = Math.max(...rdds.timesOf(stream).filter(ms => ms <= upToMs))
      const rdd = rdds.get(stream, timeMs)?.rdd
      if (rdd !== undefined) found.push({ stream, timeMs, node: rdd.node })
    }
    return found
  }

  /** The RDD is not saved after all. */
  keepUnsaved({ stream, timeMs }: DueCheckpoint): void {
    this.#parts.rdds.change(stream, timeMs, answer => {
      const { place: _, ...unsaved } = answer
      return unsaved
    })
  }

  /**
   * The RDD has been saved: those that are made of it go back to the saved records and not further. Gives the newest time for which the stream
   * has an RDD.
   */
  link(due: DueCheckpoint, saved: RddNode): number {
    const { stream, timeMs, node } = due
    const { context, rdds } = this.#parts
    this.keepUnsaved(due)
    // The saved records take the place of a version of state for the next step only, which knows how to read them; any other dataset they replace.
    const replaced = new Map([[node.id, node.kind === 'state' ? saved : sameRecords(node, saved)]])
    if (node.kind === 'state') rdds.change(stream, timeMs, version => ({ ...version, saved }))
    for (const [ms, { rdd }] of rdds.entriesOf(stream)) {
      if (ms < timeMs || rdd === undefined || (ms === timeMs && node.kind === 'state')) continue
      const renewed = replaceNodes(rdd.node, replaced, made => context.adopt(made))
      if (renewed === rdd.node) continue
      if (ms === timeMs) context.adopt(renewed)
      replaced.set(renewed.id, renewed)
      rdds.change(stream, ms, answer => ({ ...answer, rdd: new RDD<unknown>(context, renewed) }))
    }
    return Math.max(...rdds.entriesOf(stream).keys(), timeMs)
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
