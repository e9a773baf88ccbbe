import type {
  Aggregate,
  PartitionerSpec,
  PartitionerSpecOf,
  RddNode,
  StateNode,
  StorageLevel,
  TaskFunction,
} from '@dstream/core/engine'
import { importKey, type Import, type Imported } from '../blocks/imports.ts'
import type { PartitionName, Storage } from '../blocks/storage.ts'
import type { ShuffleOutputs } from '../shuffle/shuffle-outputs.ts'
import type {
  AggregateSpec,
  BytesInput,
  Input,
  KeepSpec,
  Pipeline,
  StateInput,
  StepSpec,
  Terminal,
} from '../tasks/task-spec.ts'
import type { FunctionDefinition } from '../workers/protocol.ts'
import type { FunctionTable } from './function-table.ts'
import { sourceInput } from './source-input.ts'

/** What building a task looks up. */
export interface TaskSurroundings {
  readonly functions: FunctionTable
  readonly kept: Storage
  readonly outputs: ShuffleOutputs
  /** The nodes that are to be kept, by id. */
  readonly levels: ReadonlyMap<number, StorageLevel>
  /** The worker that the task is for. */
  readonly worker: number
  /** What other workers have exported for this job. */
  readonly imported: Imported
}

/** A shuffle that the task would read is not there: a kept partition that seemed to make it needless is out of this task's reach. */
export class NotReadyError extends Error {}

/** A pipeline that still names the pipelines it reads by key. */
interface Draft {
  readonly nodeId: number
  readonly partition: number
  readonly pipeline: Pipeline
}

/** Builds the description of one task from the plan: one pipeline for each partition that has to be an array, the fused chains in between. */
export class TaskBuilder {
  /** Every function that the task names. */
  readonly functions = new Map<number, FunctionDefinition>()
  /** Every kept partition that the task reads. */
  readonly reads: PartitionName[] = []
  /** What it needs of the heaps of other workers: bytes that have to be there first. */
  readonly imports: Import[] = []
  /** It reads live data of the worker that it is for. */
  readsHere = false
  readonly #surroundings: TaskSurroundings
  readonly #drafts = new Map<string, Draft>()
  readonly #pending: { readonly node: RddNode; readonly partition: number }[] = []
  readonly #references = new Map<object, readonly string[]>()

  constructor(surroundings: TaskSurroundings) {
    this.#surroundings = surroundings
  }

  /** The pipelines that compute one partition of `root`, in the order in which they run. */
  pipelines(root: RddNode, partition: number): Pipeline[] {
    this.#pending.push({ node: root, partition })
    while (this.#pending.length > 0) {
      const { node, partition } = this.#pending.pop()!
      const key = keyOf(node, partition)
      if (!this.#drafts.has(key))
        this.#drafts.set(key, { nodeId: node.id, partition, pipeline: this.#pipeline(node, partition) })
    }
    // A node's parents have smaller ids, so this order runs what is read before what reads it.
    const ordered = [...this.#drafts].sort(([, a], [, b]) => a.nodeId - b.nodeId || a.partition - b.partition)
    const index = new Map(ordered.map(([key], i) => [key, i]))
    return ordered.map(([, { pipeline }]) => this.#resolved(pipeline, index))
  }

  number(f: TaskFunction): number {
    const entry = this.#surroundings.functions.entryOf(f)
    this.functions.set(entry.number, entry)
    return entry.number
  }

  aggregate(aggregate: Aggregate, node: RddNode): AggregateSpec {
    return {
      create: this.number(aggregate.create),
      mergeValue: this.number(aggregate.mergeValue),
      mergeCombiners: this.number(aggregate.mergeCombiners),
      combined: aggregate.mapSideCombine,
      operator: node.operator,
      site: node.site,
    }
  }

  /** The end of a map task: the pairs go to the partitions of a shuffle. */
  shuffleTerminal(node: Extract<RddNode, { kind: 'shuffle' }>): Terminal {
    return {
      kind: 'shuffle',
      partitioner: this.#partitioner(node.partitioner),
      ...(node.aggregate === undefined ? {} : { aggregate: this.aggregate(node.aggregate, node) }),
      operator: node.operator,
      site: node.site,
    }
  }

  #partitioner(spec: PartitionerSpec): PartitionerSpecOf<number> {
    return spec.kind === 'custom' ? { ...spec, partition: this.number(spec.partition) } : spec
  }

  /** The chain from a node down to what its records come from. */
  #pipeline(head: RddNode, headPartition: number): Pipeline {
    const keep = this.#keep(head, headPartition)
    const steps: StepSpec[] = []
    let node = head
    let partition = headPartition
    for (;;) {
      const input = this.#input(node, partition, node === head)
      if (input !== undefined) return { input, steps: steps.reverse(), ...(keep === undefined ? {} : { keep }) }
      if (node.kind === 'narrow') {
        const { op, f, async } = node.step
        steps.push({
          op,
          f: this.number(f),
          async: async ?? false,
          partition,
          operator: node.operator,
          site: node.site,
        })
        node = node.parents[0]!
      } else if (node.kind === 'concat') {
        const only = node.inputs[partition]![0]!
        node = node.parents[only.parent]!
        partition = only.partition
      } else throw new Error(`a ${node.kind} node has no input`)
    }
  }

  /** What the records of a node's partition come from, or undefined where the chain goes on to its parent. */
  #input(node: RddNode, partition: number, isHead: boolean): Input | undefined {
    const kept = this.#kept(node, partition)
    if (kept !== undefined) return kept
    if (!isHead && (this.#isKept(node) || node.kind === 'state'))
      return this.#reads({ from: 'concat', inputs: [] }, [[node, partition]])
    switch (node.kind) {
      case 'narrow':
        return undefined
      case 'concat': {
        const inputs = node.inputs[partition]!
        if (inputs.length === 1) return undefined
        return this.#reads(
          { from: 'concat', inputs: [] },
          inputs.map(input => [node.parents[input.parent]!, input.partition]),
        )
      }
      case 'zip': {
        const zip = {
          from: 'zip',
          f: this.number(node.f),
          inputs: [],
          partition,
          operator: node.operator,
          site: node.site,
        } as const
        return this.#reads(
          zip,
          node.parents.map((parent, i) => [parent, node.inputs[partition]![i]!]),
        )
      }
      case 'shuffle':
        if (!this.#surroundings.outputs.isComplete(node.id, node.parents[0]!.numPartitions)) throw new NotReadyError()
        return {
          from: 'shuffle',
          nodeId: node.id,
          partition,
          run: this.#surroundings.outputs.runOf(node.id),
          blocks: this.#surroundings.outputs.blocksOf(node.id, partition),
          ...(node.aggregate === undefined ? {} : { aggregate: this.aggregate(node.aggregate, node) }),
          ...(node.order === undefined ? {} : { order: node.order }),
        }
      case 'source':
        return sourceInput(node, partition, f => this.number(f))
      case 'state':
        return this.#state(node, partition)
      case 'stateView':
        return this.#version(node.parents[0]!, partition, node.view)
    }
  }

  /** A look at a version that an earlier pipeline of the task, or an earlier task, leaves on this worker. */
  #version(state: RddNode, partition: number, view: 'pairs' | 'mapped' | 'timed'): Input {
    if (!this.#isHere(state.id, partition)) {
      const imported = this.#import(state.id, partition, view)
      if (imported !== undefined) return imported
      this.#pending.push({ node: state, partition })
    }
    return { from: 'stateVersion', nodeId: state.id, partition, view }
  }

  /** The version of a batch: on this worker already, or a step from the version before, or from what that is made of. */
  #state(node: StateNode, partition: number): Input {
    if (this.#isHere(node.id, partition)) return { from: 'stateVersion', nodeId: node.id, partition, view: 'pairs' }
    const elsewhere = this.#import(node.id, partition, 'pairs')
    if (elsewhere !== undefined) return elsewhere
    const { batchTimeMs, update, operator, site, previousVersion } = node
    const [pairs, before] = node.parents as [RddNode, RddNode?]
    const step = {
      from: 'state',
      nodeId: node.id,
      partition,
      batchTimeMs,
      mode: update.mode,
      f: this.number(update.f),
      ...(update.mode === 'touchedKeys' && update.timeout !== undefined ? { timeout: update.timeout } : {}),
      ...(node.toBeSaved === true ? { toBeSaved: true } : {}),
      inputs: [],
      operator,
      site,
    } as const
    if (previousVersion !== undefined && this.#isHere(previousVersion, partition))
      return this.#reads({ ...step, seed: 'version', previousVersion }, [[pairs, partition]])
    const moved = previousVersion === undefined ? undefined : this.#import(previousVersion, partition, 'timed')
    if (moved !== undefined) return this.#goOnFrom(moved, { ...step, seed: 'timed' }, pairs)
    if (before === undefined) return this.#reads({ ...step, seed: 'pairs' }, [[pairs, partition]])
    const parts = [[pairs, partition] as const, [before, partition] as const]
    if (before.kind === 'state') return this.#reads({ ...step, seed: 'version', previousVersion: before.id }, parts)
    return this.#reads({ ...step, seed: node.seed ?? 'pairs' }, parts)
  }

  /** A version that another worker holds is taken over: this one goes on from a copy. */
  #goOnFrom(version: BytesInput, step: StateInput, pairs: RddNode): Input {
    const { nodeId, partition } = version
    const key = `moved ${nodeId}:${partition}`
    this.#drafts.set(key, { nodeId, partition, pipeline: { input: version, steps: [] } })
    this.#pending.push({ node: pairs, partition })
    this.#references.set(step, [keyOf(pairs, partition), key])
    return step
  }

  /** The version of a state node is on the heap of the worker that the task is for. */
  #isHere(nodeId: number, partition: number): boolean {
    const location = this.#surroundings.kept.locate(nodeId, partition)
    const here = location !== undefined && 'worker' in location && location.worker === this.#surroundings.worker
    this.readsHere ||= here
    return here
  }

  /**
   * What another worker has on its heap, as bytes. It is never computed a second time while it is there: a dataset that is kept has one content, however
   * random the functions are that made it. `undefined` where nobody has it, or its owner could not export it.
   */
  #import(nodeId: number, partition: number, view: Import['view']): BytesInput | undefined {
    const { kept, imported, worker } = this.#surroundings
    const location = kept.locate(nodeId, partition)
    if (location === undefined || !('worker' in location) || location.worker === worker) return undefined
    const wanted: Import = { nodeId, partition, view, worker: location.worker }
    const bytes = imported.get(importKey(wanted))
    if (bytes === null) return undefined
    if (bytes === undefined) this.imports.push(wanted)
    return { from: 'bytes', nodeId, partition, bytes: bytes ?? NOTHING }
  }

  /** A version of keyed state is always kept, as what it is; persisting it adds nothing. */
  #isKept(node: RddNode): boolean {
    return node.kind !== 'state' && this.#surroundings.levels.has(node.id)
  }

  #kept(node: RddNode, partition: number): Input | undefined {
    if (!this.#isKept(node)) return undefined
    const location = this.#surroundings.kept.locate(node.id, partition)
    if (location === undefined) return undefined
    if ('bytes' in location) {
      this.reads.push({ nodeId: node.id, partition })
      return { from: 'bytes', nodeId: node.id, partition, bytes: location.bytes }
    }
    if (location.worker !== this.#surroundings.worker) return this.#import(node.id, partition, 'records')
    this.readsHere = true
    this.reads.push({ nodeId: node.id, partition })
    return { from: 'heap', nodeId: node.id, partition }
  }

  #keep(node: RddNode, partition: number): KeepSpec | undefined {
    const level = this.#surroundings.levels.get(node.id)
    if (level === undefined || !this.#isKept(node) || this.#surroundings.kept.locate(node.id, partition) !== undefined)
      return undefined
    return { nodeId: node.id, partition, level }
  }

  /** An input that reads other pipelines; they are built in their turn. */
  #reads<I extends Input>(input: I, parts: readonly (readonly [RddNode, number])[]): I {
    for (const [node, partition] of parts) this.#pending.push({ node, partition })
    this.#references.set(
      input,
      parts.map(([node, partition]) => keyOf(node, partition)),
    )
    return input
  }

  #resolved(pipeline: Pipeline, index: ReadonlyMap<string, number>): Pipeline {
    const references = this.#references.get(pipeline.input)
    if (references === undefined) return pipeline
    return { ...pipeline, input: { ...pipeline.input, inputs: references.map(key => index.get(key)!) } as Input }
  }
}

/** Stands for bytes that are on their way; a task with imports is not sent. */
const NOTHING = new Uint8Array(new SharedArrayBuffer(0))

const keyOf = (node: RddNode, partition: number): string => `${node.id}:${partition}`
