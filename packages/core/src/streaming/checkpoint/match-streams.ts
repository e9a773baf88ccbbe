import type { DStreamError } from '../../errors/dstream-error.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { Retention } from '../dstream/retention.ts'
import { otherStateVersion } from '../errors.ts'
import { streamsOf } from './describe-graph.ts'
import type { RecoveredStream } from './recovery-report.ts'
import type { Comparison, RestoredStream } from './resume.ts'
import type { CheckpointContent, SavedStreamContent, SavedTimeContent, StreamContent } from './schema/index.ts'
import { differencesOf, whyUnusable } from './stream-differences.ts'
import { streamKeys } from './stream-keys.ts'

type Matched = Pick<Comparison, 'saved' | 'beginsAfterMs' | 'memories' | 'streams' | 'problems'>

/** Finds for each stream of a program that holds something what the checkpoint has of it. */
export function matchStreams(
  content: CheckpointContent,
  graph: StreamGraph,
  retention: ReadonlyMap<number, Retention>,
): Matched {
  const matching = new Matching(content, retention)
  const nodes = streamsOf(graph)
  const keys = streamKeys(nodes, graph.settings, problem => matching.problems.push(problem))
  for (const node of nodes) matching.match(node, keys.get(node.id)!.key)
  matching.dropOthers()
  return matching
}

class Matching implements Matched {
  readonly saved: RestoredStream[] = []
  readonly beginsAfterMs = new Map<number, number>()
  readonly memories = new Map<number, unknown>()
  readonly streams: RecoveredStream[] = []
  readonly problems: DStreamError[] = []
  readonly #content: CheckpointContent
  readonly #retention: ReadonlyMap<number, Retention>
  readonly #before: ReadonlyMap<string, StreamContent>
  readonly #savedByKey: ReadonlyMap<string, SavedStreamContent>
  /** By the id of an input's node. */
  readonly #memoryOf: ReadonlyMap<number | undefined, unknown>
  readonly #seen = new Set<string>()
  readonly #firstMs: number

  constructor(content: CheckpointContent, retention: ReadonlyMap<number, Retention>) {
    const { progress, graph } = content
    this.#content = content
    this.#retention = retention
    this.#before = new Map(graph.nodes.map(node => [node.key, node]))
    this.#savedByKey = new Map(progress.saved.map(saved => [saved.stream, saved]))
    this.#memoryOf = new Map(progress.inputs.map(({ input, memory }) => [graph.inputs[input]?.node, memory]))
    this.#firstMs = Math.min(progress.batchMs, ...progress.pending)
  }

  match(node: StreamNode, key: string): void {
    const old = this.#before.get(key)
    if (!holds(node.kind) && !this.#savedByKey.has(key)) return
    this.#seen.add(key)
    if (old === undefined) return this.#beginAnew(node, key, 'added')
    const unusable = whyUnusable(old, node)
    if (unusable !== undefined) return this.#beginAnew(node, key, 'dropped', unusable)
    if (node.kind === 'input') this.memories.set(node.inputId, this.#memoryOf.get(old.id))
    const restored = this.#restore(node, this.#savedByKey.get(key))
    const notes = [...differencesOf(old, node), ...this.#migration(node, key, restored?.times ?? [])]
    const outcome = notes.length === 0 ? 'kept' : 'changed'
    this.streams.push({ key, operator: node.operator, outcome, note: notes.join(', ') })
  }

  /** What the program has no stream for. */
  dropOthers(): void {
    for (const { key, operator, detail } of this.#content.graph.nodes) {
      if (this.#seen.has(key) || !(holds(detail.kind) || this.#savedByKey.has(key))) continue
      this.streams.push({ key, operator, outcome: 'dropped', note: 'no stream of the program has this key' })
    }
  }

  #beginAnew(node: StreamNode, key: string, outcome: 'added' | 'dropped', why?: string): void {
    this.beginsAfterMs.set(node.id, this.#firstMs - 1)
    const begins = `with batch ${this.#firstMs} ms`
    const note = why === undefined ? `it begins ${begins}` : `${why}: it begins anew ${begins}`
    this.streams.push({ key, operator: node.operator, outcome, note })
  }

  #restore(node: StreamNode, held: SavedStreamContent | undefined): RestoredStream | undefined {
    if (held === undefined) return undefined
    const restored = choose(node, held, this.#firstMs, this.#retention.get(node.id))
    this.saved.push(restored)
    const [oldest] = restored.times
    if (!held.fromTheBeginning && oldest !== undefined) this.beginsAfterMs.set(node.id, oldest.timeMs - 1)
    return restored
  }

  /** States that were saved in another form than the program's: brought into it, or a problem. */
  #migration(node: StreamNode, key: string, times: readonly SavedTimeContent[]): string[] {
    if (node.kind !== 'state') return []
    const { version = 0, migrate } = node.form ?? {}
    const others = [...new Set(times.map(({ stateVersion = 0 }) => stateVersion))].filter(saved => saved !== version)
    if (others.length === 0) return []
    const unreadable = others.filter(saved => saved > version || migrate === undefined)
    for (const saved of unreadable) this.problems.push(otherStateVersion(key, saved, version))
    return [`states of version ${others.join(', ')}, now ${version}`]
  }
}

const holds = (kind: string): boolean => kind === 'input' || kind === 'state' || kind === 'reducedWindow'

/** The saved times that stand for the stream's RDDs. */
function choose(
  stream: StreamNode,
  { times, fromTheBeginning }: SavedStreamContent,
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
