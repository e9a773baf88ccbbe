import { compareKeys } from '../codec/index.ts'
import { DStreamError } from '../errors/dstream-error.ts'
import type { KeySample } from './builtins/spreading.ts'
import { sampledNode, type RangeSpec } from './partitioners/range-partitioner.ts'
import type { RddNode } from './plan/node.ts'
import { parentsFirst } from './plan/walk.ts'

/** Runs the sampling job: `sampleKeys(size)` over each partition of a node whose own ranges are resolved. */
export type SampleKeys = (node: RddNode, sizePerPartition: number) => Promise<readonly KeySample[]>

/** Keys wanted for each partition of the result, and in all at most. */
const keysPerPartition = 20
const keysAtMost = 1_000_000

/**
 * Finds the cuts of range partitioners before a job runs, and gives the plan with the cuts in it. Each is sampled once: the cuts are kept as long as
 * the sampled node lives, and so are the rewritten nodes; a job that fails while sampling leaves nothing behind.
 *
 * @see Spark's RangePartitioner (sketch and determineBounds), which samples when the operator is applied
 */
export class RangeResolver {
  readonly #sample: SampleKeys
  readonly #bounds = new WeakMap<RddNode, Map<string, Promise<readonly unknown[]>>>()
  readonly #resolved = new WeakMap<RddNode, RddNode>()

  constructor(sample: SampleKeys) {
    this.#sample = sample
  }

  /** `root` itself when there is nothing to resolve in it. */
  async resolve(root: RddNode): Promise<RddNode> {
    const nodes = parentsFirst(root)
    if (!nodes.some(isOpen)) return root
    const done = new Map<number, RddNode>()
    for (const node of nodes) done.set(node.id, await this.#rewrite(node, done))
    return done.get(root.id)!
  }

  async #rewrite(node: RddNode, done: ReadonlyMap<number, RddNode>): Promise<RddNode> {
    const known = this.#resolved.get(node)
    if (known !== undefined) return known
    const parents = node.parents.map(parent => done.get(parent.id)!)
    const open = isOpen(node)
    if (!open && parents.every((parent, i) => parent === node.parents[i])) return node
    const partitioner = open ? { partitioner: await this.#closed(node.partitioner as RangeSpec, done) } : {}
    const rewritten = this.#resolved.get(node) ?? ({ ...node, parents, ...partitioner } as RddNode) // Another job may have been faster.
    this.#resolved.set(node, rewritten)
    return rewritten
  }

  async #closed(spec: RangeSpec, done: ReadonlyMap<number, RddNode>): Promise<RangeSpec> {
    const elsewhere = sampledNode(spec)
    const sampled = done.get(spec.sampled) ?? (elsewhere && (await this.resolve(elsewhere)))
    if (sampled === undefined) {
      throw new DStreamError(
        'RANGE_NOT_RESOLVED',
        `The dataset ${spec.sampled}, whose keys a range partitioner follows, is not there`,
      )
    }
    return { ...spec, bounds: await this.#boundsOf(spec, sampled) }
  }

  #boundsOf(spec: RangeSpec, sampled: RddNode): Promise<readonly unknown[]> {
    const key = `${spec.numPartitions} ${spec.ascending}`
    let ofNode = this.#bounds.get(sampled)
    if (ofNode === undefined) this.#bounds.set(sampled, (ofNode = new Map()))
    const known = ofNode.get(key)
    if (known !== undefined) return known
    const found = this.#find(spec, sampled)
    ofNode.set(key, found)
    found.catch(() => ofNode.delete(key))
    return found
  }

  async #find(spec: RangeSpec, sampled: RddNode): Promise<readonly unknown[]> {
    if (sampled.numPartitions === 0) return []
    const wanted = Math.min(keysPerPartition * spec.numPartitions, keysAtMost)
    const samples = await this.#sample(sampled, Math.ceil((3 * wanted) / sampled.numPartitions))
    return cuts(samples, spec)
  }
}

const isOpen = ({ partitioner }: RddNode): boolean => partitioner?.kind === 'range' && partitioner.bounds === undefined

/** Keys at which the weight of the keys before them passes a multiple of one part: a key stands for as many as its partition has per key sampled. */
export function cuts(samples: readonly KeySample[], { numPartitions, ascending }: RangeSpec): unknown[] {
  const weighted = samples.flatMap(({ count, keys }) => keys.map(key => ({ key, weight: count / keys.length })))
  const sign = ascending ? 1 : -1
  weighted.sort((a, b) => compareKeys(a.key, b.key) * sign)
  const parts = Math.min(numPartitions, weighted.length)
  const step = weighted.reduce((sum, { weight }) => sum + weight, 0) / parts
  const bounds: unknown[] = []
  let passed = 0
  for (const { key, weight } of weighted) {
    if (bounds.length >= parts - 1) break
    passed += weight
    if (passed < step * (bounds.length + 1)) continue
    if (bounds.length === 0 || compareKeys(key, bounds.at(-1)) !== 0) bounds.push(key)
  }
  return bounds
}
