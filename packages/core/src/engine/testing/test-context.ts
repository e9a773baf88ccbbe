import { builtin } from '../../closures/index.ts'
import { encodeRecords } from '../../codec/index.ts'
import { XorShiftRandom } from '../../rdd/builtins/xor-shift-random.ts'
import type { KeySample } from '../../rdd/builtins/spreading.ts'
import type { JobRunner, RddContext } from '../../rdd/context.ts'
import type { Action } from '../../rdd/plan/action.ts'
import type { NewNode, RddNode } from '../../rdd/plan/node.ts'
import type { SourceSpec } from '../../rdd/plan/source-spec.ts'
import { RDD } from '../../rdd/rdd.ts'
import { RangeResolver } from '../../rdd/resolve-ranges.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import { ManualClock } from '../../time/index.ts'
import type { Engine } from '../engine.ts'
import { SharedVariables } from '../shared-variables/index.ts'

let contexts = 0

/** The least that RDDs need, over any engine: for tests of operators and of engines. Programs use a SparkContext. */
export class TestContext implements RddContext {
  readonly engine: Engine
  /** Broadcast variables and accumulators. */
  readonly shared: SharedVariables
  readonly clock = new ManualClock()
  shuffleParallelism: number | undefined
  /** Aborts the jobs that are started while it is set. */
  signal: AbortSignal | undefined
  /** The job ids of the actions so far. */
  lastJobId = -1
  readonly #levels = new Map<number, StorageLevel>()
  readonly #names = new Map<number, string>()
  readonly #ranges: RangeResolver
  readonly #seeds = new XorShiftRandom(0)
  #lastNodeId = -1

  constructor(engine: Engine) {
    this.engine = engine
    this.shared = new SharedVariables(engine, `test-${contexts++}`, error => {
      throw error
    })
    this.#ranges = new RangeResolver((node, size) => this.#sample(node, size))
  }

  get defaultParallelism(): number {
    return this.engine.defaultParallelism
  }

  get defaultMinPartitions(): number {
    return Math.min(2, this.defaultParallelism)
  }

  /** The values in slices cut as Spark cuts. */
  parallelize<T>(values: readonly T[], numSlices = this.defaultParallelism): RDD<T> {
    const cut = (i: number): number => Math.floor((i * values.length) / numSlices)
    return this.partitions(Array.from({ length: numSlices }, (_, i) => values.slice(cut(i), cut(i + 1))))
  }

  /** The values in exactly these partitions. */
  partitions<T>(partitions: readonly (readonly T[])[]): RDD<T> {
    const encoded = partitions.map(records => encodeRecords(records))
    return this.source({ kind: 'values', partitions: encoded }, partitions.length)
  }

  source<T>(source: SourceSpec, numPartitions: number): RDD<T> {
    return new RDD(this, this.newNode({ kind: 'source', operator: 'parallelize', parents: [], numPartitions, source }))
  }

  nextSeed(): number {
    return this.#seeds.nextBelow(2 ** 48)
  }

  newNode(node: NewNode, site = 'test'): RddNode {
    return { ...node, id: ++this.#lastNodeId, site } as RddNode
  }

  act<R>(name: string, body: (jobs: JobRunner) => Promise<R>): Promise<R> {
    const { signal } = this
    return body({ run: (...job) => this.#run(name, signal, ...job) })
  }

  checkpoint(): void {
    throw new Error('A TestContext has no checkpoint directory: use a SparkContext')
  }

  checkpointFileOf(): undefined {}

  persist(node: RddNode, level: StorageLevel): void {
    this.#levels.set(node.id, level)
  }

  unpersist(node: RddNode): void {
    this.#levels.delete(node.id)
    this.engine.release([node.id])
  }

  levelOf(node: RddNode): StorageLevel {
    return this.#levels.get(node.id) ?? StorageLevel.NONE
  }

  setName(node: RddNode, name: string): void {
    this.#names.set(node.id, name)
  }

  nameOf(node: RddNode): string | undefined {
    return this.#names.get(node.id)
  }

  async #run(
    name: string,
    signal: AbortSignal | undefined,
    node: RddNode,
    action: Action,
    partitions: readonly number[],
    onResult: (partition: number, result: unknown) => void,
  ): Promise<void> {
    const target = await this.#ranges.resolve(node)
    const origin = { action: name, site: 'test' }
    const job = { id: ++this.lastJobId, target, action, partitions, kept: new Map(this.#levels), origin }
    await this.engine.run(job, onResult, signal)
  }

  async #sample(node: RddNode, size: number): Promise<readonly KeySample[]> {
    const samples: KeySample[] = []
    const action = { kind: 'run', f: builtin('sampleKeys', [], [size]), async: false } as const
    const partitions = Array.from({ length: node.numPartitions }, (_, i) => i)
    await this.#run('sample', undefined, node, action, partitions, (i, sample) => (samples[i] = sample as KeySample))
    return samples
  }
}
