import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context } from './operators/operator-laws.test.ts'
import { RangePartitioner } from './partitioners/range-partitioner.ts'
import type { NewNode, RddNode } from './plan/node.ts'
import { cuts, RangeResolver } from './resolve-ranges.ts'
import { sortByKey } from './operators/sort-by-key.ts'

const spec = (numPartitions: number, ascending = true) =>
  ({ kind: 'range', numPartitions, ascending, sampled: 0 }) as const

test('cuts share the keys evenly, in the order of the partitioner', () => {
  const samples = [{ count: 4, keys: [4, 2, 1, 3] }, { count: 2, keys: [6, 5] }] // prettier-ignore
  assert.deepEqual(cuts(samples, spec(3)), [2, 4])
  assert.deepEqual(cuts(samples, spec(3, false)), [5, 3])
})

test('a key stands for as many as its partition has for each key sampled', () => {
  const samples = [{ count: 1000, keys: [1, 2] }, { count: 2, keys: [3, 4] }] // prettier-ignore
  assert.deepEqual(cuts(samples, spec(2)), [2])
})

test('no two cuts are equal; few keys make few cuts', () => {
  assert.deepEqual(cuts([{ count: 5, keys: [7, 7, 7, 7, 8] }], spec(4)), [7, 8])
  assert.deepEqual(cuts([{ count: 0, keys: [] }], spec(4)), [])
})

let ids = 0
const make = (node: NewNode): RddNode => ({ ...node, id: ids++, site: 'test' }) as RddNode
const source = (): RddNode =>
  make({ kind: 'source', operator: 's', parents: [], numPartitions: 1, source: { kind: 'range', start: 0, end: 1, step: 1 } }) // prettier-ignore

test('a failed sampling is tried again by the next job; a good one is kept', async () => {
  let runs = 0
  const resolver = new RangeResolver(async () => {
    if (++runs === 1) throw new Error('no sample')
    return [{ count: 2, keys: [1, 2] }]
  })
  const node = sortByKey(make, source(), { ascending: true, numPartitions: 2 })
  await assert.rejects(resolver.resolve(node), /no sample/)
  const [a, b] = await Promise.all([resolver.resolve(node), resolver.resolve(node)])
  assert.equal(runs, 2)
  assert.deepEqual(a.partitioner, { ...node.partitioner, bounds: [1] })
  assert.deepEqual([a.id, b.id, (await resolver.resolve(node)) === a], [node.id, node.id, true])
})

test('a plan without open ranges is left as it is', async () => {
  const resolver = new RangeResolver(() => Promise.reject(new Error('nothing to sample')))
  const node = source()
  assert.equal(await resolver.resolve(node), node)
  const one = sortByKey(make, node, { ascending: true, numPartitions: 1 })
  assert.equal(await resolver.resolve(one), one)
})

test('a range partitioner of one dataset spreads another', async () => {
  const model = context.parallelize([1, 2, 3, 4], 2).map(n => [n, n])
  const spread = context.parallelize([9, 1, 4, 0], 2).map(n => [n, n]).partitionBy(new RangePartitioner(2, model)) // prettier-ignore
  assert.deepEqual((await spread.keys().glom().collect()).map(part => part.sort()), [[0, 1], [4, 9]]) // prettier-ignore
})
