import type { TaskFunction } from '../../closures/index.ts'
import { samePartitioner } from '../../rdd/partitioners/same-partitioner.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { Retention } from '../dstream/retention.ts'
import { otherBatchInterval } from '../errors.ts'
import { streamsOf } from './describe-graph.ts'
import type { RecoveredStream } from './recovery-report.ts'
import type { CheckpointContent, SavedTimeContent, StreamContent } from './schema/index.ts'
import { streamKeys } from './stream-keys.ts'

/** What a graph that starts again takes from a checkpoint. */
export interface Resume {
  readonly zeroMs: number
  /** The batch of the checkpoint: it is run again, and with it those that had not ended before it. */
  readonly batchMs: number
  readonly pending: readonly number[]
  readonly saved: readonly RestoredStream[]
  /** Streams that begin with this restart, or whose past is not whole: the time after which they have RDDs. */
  readonly beginsAfterMs: ReadonlyMap<number, number>
  /** What each input stream (by its number now) remembered. */
  readonly memories: ReadonlyMap<number, unknown>
  readonly streams: readonly RecoveredStream[]
}

export interface RestoredStream {
  readonly stream: StreamNode
  readonly times: readonly SavedTimeContent[]
  /** Those that are not used, since batches that are run again need what was before. They are kept. */
  readonly unused: readonly SavedTimeContent[]
  readonly fromTheBeginning: boolean
}

/**
 * Puts the streams of a program beside those of a checkpoint, by their keys. What holds something and means the same keeps it.
 * @throws DStreamError CHECKPOINT_BATCH_INTERVAL, DUPLICATE_UID
 */
export function resumeFrom(
  content: CheckpointContent,
  graph: StreamGraph,
  retention: ReadonlyMap<number, Retention>,
): Resume {
  const { progress } = content
  if (content.graph.batchMs !== graph.batchMs) throw otherBatchInterval(content.graph.batchMs, graph.batchMs)
  const nodes = streamsOf(graph)
  const keys = streamKeys(nodes, graph.settings)
  const before = new Map(content.graph.nodes.map(node => [node.key, node]))
  const savedByKey = new Map(progress.saved.map(saved => [saved.stream, saved]))
  const memoryOf = new Map(
    progress.inputs.map(({ input, memory }) => [content.graph.inputs[input]?.node, memory] as const),
  )
  const firstMs = Math.min(progress.batchMs, ...progress.pending)
  const saved: RestoredStream[] = []
  const beginsAfterMs = new Map<number, number>()
  const memories = new Map<number, unknown>()
  const streams: RecoveredStream[] = []
  const found = new Set<string>()
  for (const node of nodes) {
    const { key } = keys.get(node.id)!
    const old = before.get(key)
    const said = { key, operator: node.operator }
    if (!isHolder(node) && !savedByKey.has(key)) continue
    if (old === undefined) {
      beginsAfterMs.set(node.id, firstMs - 1)
      streams.push({ ...said, outcome: 'added', note: `it begins with batch ${firstMs} ms` })
      continue
    }
    found.add(key)
    const unusable = whyUnusable(old, node)
    if (unusable !== undefined) {
      beginsAfterMs.set(node.id, firstMs - 1)
      streams.push({ ...said, outcome: 'dropped', note: `${unusable}: it begins anew with batch ${firstMs} ms` })
      continue
    }
    if (node.kind === 'input') memories.set(node.inputId, memoryOf.get(old.id))
    const held = savedByKey.get(key)
    if (held !== undefined) {
      const restored = choose(node, held, firstMs, retention.get(node.id))
      saved.push(restored)
      const [oldest] = restored.times
      if (!held.fromTheBeginning && oldest !== undefined) beginsAfterMs.set(node.id, oldest.timeMs - 1)
    }
    const differences = differencesOf(old, node)
    streams.push({ ...said, outcome: differences.length === 0 ? 'kept' : 'changed', note: differences.join(', ') })
  }
  for (const old of content.graph.nodes) {
    if (found.has(old.key) || !holds(old.detail.kind, savedByKey.has(old.key))) continue
    if (streams.some(({ key, outcome }) => key === old.key && outcome === 'dropped')) continue
    streams.push({
      key: old.key,
      operator: old.operator,
      outcome: 'dropped',
      note: 'no stream of the program has this key',
    })
  }
  const { zeroMs, batchMs, pending } = progress
  return { zeroMs, batchMs, pending, saved, beginsAfterMs, memories, streams }
}

const isHolder = (node: StreamNode): boolean => holds(node.kind, false)
const holds = (kind: string, saved: boolean): boolean =>
  saved || kind === 'input' || kind === 'state' || kind === 'reducedWindow'

/** The saved times that stand for the stream's RDDs. */
function choose(
  stream: StreamNode,
  { times, fromTheBeginning }: { readonly times: readonly SavedTimeContent[]; readonly fromTheBeginning: boolean },
  firstMs: number,
  retention: Retention | undefined,
): RestoredStream {
  // Of mapWithState only the state is saved, not what was mapped: no batch that is run again, or looked back at, may be a saved one.
  const lookBackMs = isTouched(stream) ? (retention?.neededMs ?? stream.slideMs) : 0
  const usable = times.filter(({ timeMs }) => timeMs <= firstMs - lookBackMs)
  if (usable.length === 0 && !fromTheBeginning) {
    // Better the oldest there is than nothing.
    return { stream, times: times.slice(0, 1), unused: times.slice(1), fromTheBeginning }
  }
  return { stream, times: usable, unused: times.slice(usable.length), fromTheBeginning }
}

const isTouched = (node: StreamNode): boolean => node.kind === 'state' && node.update.mode === 'touchedKeys'

/** Why what was held means nothing to the stream as it is now. */
function whyUnusable({ detail, slideMs }: StreamContent, node: StreamNode): string | undefined {
  if (detail.kind !== node.kind) return `it was a stream of kind ${detail.kind} and is one of kind ${node.kind}`
  if (slideMs !== node.slideMs) return `its slide was ${slideMs} ms and is ${node.slideMs} ms`
  if (detail.kind === 'reducedWindow' && node.kind === 'reducedWindow' && detail.windowMs !== node.windowMs)
    return `its window was ${detail.windowMs} ms and is ${node.windowMs} ms`
  if (detail.kind === 'state' && node.kind === 'state') {
    const [was, is] = [detail.update.mode, node.update.mode].map(mode => mode === 'touchedKeys')
    if (was !== is) return was === true ? 'it was a mapWithState' : 'it was an updateStateByKey'
  }
  return undefined
}

/** What differs and does not matter to what is held. */
function differencesOf({ detail }: StreamContent, node: StreamNode): string[] {
  const differences: string[] = []
  if (detail.kind === 'state' && node.kind === 'state') {
    if (identityOf(detail.update.f) !== identityOf(node.update.f)) differences.push('another update function')
    if (detail.timeoutMs !== node.timeoutMs)
      differences.push(`timeout ${detail.timeoutMs ?? 'none'}, now ${node.timeoutMs ?? 'none'} (ms)`)
  }
  if (detail.kind === 'reducedWindow' && node.kind === 'reducedWindow') {
    const functions = (['merge', 'subtract'] as const).filter(
      name => identityOf(detail[name]) !== identityOf(node[name]),
    )
    differences.push(...functions.map(name => `another ${name} function`))
  }
  if ('partitioner' in detail && 'partitioner' in node && !samePartitioner(detail.partitioner, node.partitioner)) {
    const [was, is] = [detail.partitioner.numPartitions, node.partitioner.numPartitions]
    differences.push(was === is ? 'another partitioner' : `${was} partitions, now ${is}`)
  }
  return differences
}

const identityOf = (f: TaskFunction): string =>
  f.kind === 'closure' ? f.id : `${f.name}(${f.functions.map(identityOf).join(',')})${JSON.stringify(f.data)}`
