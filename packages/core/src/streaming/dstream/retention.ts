import { checkpointBelowSlide, checkpointNotMultiple, noCheckpointDirectory } from '../errors.ts'
import type { StreamNode } from './plan/node.ts'
import { streamParentsFirst } from './plan/node.ts'
import type { StreamSettings } from './settings.ts'

/** How long the RDDs of a stream are kept, and how often one of them is written down. */
export interface Retention {
  readonly rememberMs: number
  /** How long those that are made of them, and outputs, look back; the rest of the time they are kept to begin again from. */
  readonly neededMs: number
  /** Only of streams that are checkpointed. */
  readonly checkpointMs?: number
}

/**
 * The durations of every stream that an output depends on, by node id.
 *
 * A stream remembers at least one slide, one with a checkpoint interval at least twice that interval; `floorMs` (`ssc.remember`) is a
 * floor for all. A stream asks its parents to remember as long as itself, a windowed stream as long as itself plus its window.
 *
 * @see Spark's `DStream.initialize`, `DStream.remember`, `WindowedDStream.parentRememberDuration`
 */
export function retentionOf(
  roots: readonly StreamNode[],
  settings: ReadonlyMap<number, StreamSettings>,
  floorMs = 0,
): Map<number, Retention> {
  const asked = new Map<number, number>()
  const ask = (node: StreamNode, ms: number): void => void asked.set(node.id, Math.max(asked.get(node.id) ?? 0, ms))
  for (const root of roots) ask(root, Math.max(root.slideMs, floorMs))
  const retention = new Map<number, Retention>()
  for (const node of reachable(roots).reverse()) {
    const checkpointMs = settings.get(node.id)?.checkpointMs ?? automaticCheckpointMs(node)
    const neededMs = Math.max(node.slideMs, asked.get(node.id) ?? 0)
    const rememberMs = Math.max(neededMs, 2 * (checkpointMs ?? 0))
    const durations = { rememberMs, neededMs }
    retention.set(node.id, checkpointMs === undefined ? durations : { ...durations, checkpointMs })
    for (const parent of node.parents) ask(parent, rememberMs + windowMs(node))
  }
  return retention
}

/** The streams that these depend on, themselves included, each once, parents first. */
export function reachable(roots: readonly StreamNode[]): StreamNode[] {
  const found = new Map<number, StreamNode>()
  for (const root of roots) for (const node of streamParentsFirst(root)) found.set(node.id, node)
  return [...found.values()].sort((a, b) => a.id - b.id)
}

/**
 * Holds what the intervals have to satisfy before a start.
 * @throws DStreamError NO_CHECKPOINT_DIRECTORY, CHECKPOINT_INTERVAL_BELOW_SLIDE, CHECKPOINT_INTERVAL_NOT_MULTIPLE
 */
export function validateIntervals(
  roots: readonly StreamNode[],
  retention: ReadonlyMap<number, Retention>,
  hasCheckpointDirectory: boolean,
): void {
  for (const node of reachable(roots).reverse()) {
    const checkpointMs = retention.get(node.id)?.checkpointMs
    if (checkpointMs === undefined) continue
    if (!hasCheckpointDirectory) throw noCheckpointDirectory(node.operator)
    if (checkpointMs < node.slideMs) throw checkpointBelowSlide(node.operator, checkpointMs, node.slideMs)
    if (checkpointMs % node.slideMs !== 0) throw checkpointNotMultiple(node.operator, checkpointMs, node.slideMs)
  }
}

const windowMs = (node: StreamNode): number => ('windowMs' in node ? node.windowMs : 0)

/** A stream whose results depend on its own earlier ones is written down at least every ten seconds; `mapWithState` every ten slides. */
function automaticCheckpointMs(node: StreamNode): number | undefined {
  if (node.kind === 'state' && node.update.mode === 'touchedKeys') return 10 * node.slideMs
  if (node.kind !== 'state' && node.kind !== 'reducedWindow') return undefined
  return node.slideMs * Math.ceil(10_000 / node.slideMs)
}
