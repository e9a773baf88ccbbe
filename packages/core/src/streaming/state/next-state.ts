import { encodeRecords } from '../../codec/index.ts'
import type { MakeNode, RddContext } from '../../rdd/context.ts'
import { mapPartitions } from '../../rdd/operators/map-partitions.ts'
import { partitionBy } from '../../rdd/operators/partition-by.ts'
import type { RddNode, StateUpdate } from '../../rdd/plan/node.ts'
import type { PartitionerSpec } from '../../rdd/plan/partitioner-spec.ts'
import { RDD } from '../../rdd/rdd.ts'
import { builtin } from '../../closures/index.ts'
import { makerFor } from '../dstream/operations/apply.ts'
import type { StateStreamNode } from '../dstream/plan/node.ts'

/** What a version of a stream's state is made of. */
export interface StateBatch {
  readonly timeMs: number
  /** The version one slide before. */
  readonly previous: RDD<unknown> | undefined
  /** What has been saved of that version, once it has. */
  readonly saved?: RddNode | undefined
  /** The parent's RDD of this batch. */
  readonly pairs: RDD<unknown> | undefined
  /** Keys whose time is over are looked for in this batch. */
  readonly sweep: boolean
  /** The version is due to be saved. */
  readonly toBeSaved: boolean
}

/** The version of a batch; none where there is nothing to begin with. */
export function nextState(context: RddContext, stream: StateStreamNode, batch: StateBatch): RDD<unknown> | undefined {
  const { previous, pairs } = batch
  const { partitioner, update, movesKeys } = stream
  if (previous === undefined && pairs === undefined && update.mode !== 'touchedKeys') return undefined
  const make = makerFor(context, stream)
  const spread = pairs === undefined ? noPairs(make, partitioner) : partitionBy(make, pairs.node, partitioner)
  const before = batch.saved ?? previous?.node ?? stream.initial
  const seed = before === undefined ? undefined : partitionBy(make, before, partitioner)
  const state = make({
    kind: 'state',
    operator: stream.operator,
    parents: seed === undefined ? [spread] : [spread, seed],
    numPartitions: partitioner.numPartitions,
    partitioner,
    batchTimeMs: batch.timeMs,
    update: updateOf(stream, batch),
    ...(previous?.node.kind === 'state' ? { previousVersion: previous.node.id } : {}),
    // What is saved of a version is read in place of it: with the times of its keys where they count.
    ...(previous !== undefined && update.mode === 'touchedKeys' ? { seed: 'timed' } : {}),
    ...(batch.toBeSaved && movesKeys !== true ? { toBeSaved: true } : {}),
  })
  if (movesKeys !== true) return new RDD<unknown>(context, state)
  return new RDD<unknown>(context, mapPartitions(make, state, builtin('identity'), { preservesPartitioning: false }))
}

function updateOf({ update, timeoutMs }: StateStreamNode, { timeMs, sweep }: StateBatch): StateUpdate {
  if (update.mode !== 'touchedKeys') return { mode: update.mode, f: update.f }
  if (timeoutMs === undefined) return { mode: update.mode, f: update.f }
  return { mode: update.mode, f: update.f, timeout: { thresholdMs: timeMs - timeoutMs, sweep } }
}

function noPairs(make: MakeNode, partitioner: PartitionerSpec): RddNode {
  const { numPartitions } = partitioner
  const partitions = Array.from({ length: numPartitions }, () => nothing)
  const source = { kind: 'values', partitions } as const
  return make({ kind: 'source', operator: 'emptyRDD', parents: [], numPartitions, partitioner, source })
}

const nothing = encodeRecords([])
