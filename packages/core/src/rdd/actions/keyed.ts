import { builtin, capture } from '../../closures/index.ts'
import { KeyMap } from '../../codec/index.ts'
import { packed } from '../builtins/fresh-zero.ts'
import { under, type Dataset, type MakeNode } from '../context.ts'
import { map } from '../operators/map.ts'
import { mapValues } from '../operators/map-values.ts'
import { reduceByKey } from '../operators/reduce-by-key.ts'
import { defaultPartitioner } from '../partitioners/default-partitioner.ts'
import { hashPartition } from '../partitioners/hash-partitioner.ts'
import type { RddNode } from '../plan/node.ts'
import { merging } from './merging.ts'
import { joined, perPartition } from './per-partition.ts'

const countPairs = <K>(rdd: Dataset, name: string, ones: (make: MakeNode) => RddNode): Promise<KeyMap<K, number>> =>
  rdd.context.act(name, async jobs => {
    const make = under(node => rdd.context.newNode(node), name)
    const pairs = ones(make)
    const counted = reduceByKey(make, pairs, builtin('add'), defaultPartitioner(rdd.context, pairs))
    const dataset = { context: rdd.context, node: counted }
    return new KeyMap(joined(await perPartition<[K, number][]>(jobs, dataset, { kind: 'collect' })))
  })

/** How many pairs each key has. */
export const countByKey = <K>(rdd: Dataset): Promise<KeyMap<K, number>> =>
  countPairs(rdd, 'countByKey', make => mapValues(make, rdd.node, builtin('constant', [], [1])))

/** How often each record comes. */
export const countByValue = <T>(rdd: Dataset): Promise<KeyMap<T, number>> =>
  countPairs(rdd, 'countByValue', make => map(make, rdd.node, builtin('pairWith', [], [1])))

/** The pairs as a map; of equal keys the last pair counts. */
export const collectAsMap = <K, V>(rdd: Dataset): Promise<KeyMap<K, V>> =>
  rdd.context.act(
    'collectAsMap',
    async jobs => new KeyMap(joined(await perPartition<[K, V][]>(jobs, rdd, { kind: 'collect' }))),
  )

/** reduceByKey whose result is a map in the driver, without a shuffle. */
export const reduceByKeyLocally = <K, V>(rdd: Dataset, f: (a: V, b: V) => V): Promise<KeyMap<K, V>> =>
  rdd.context.act('reduceByKeyLocally', async jobs => {
    const closure = capture(f, { operator: 'reduceByKeyLocally', async: 'refused' })
    const action = { kind: 'run', f: builtin('reduceKeysLocally', [closure]), async: false } as const
    const merged = new KeyMap<K, V>()
    const pairs = joined(await perPartition<[K, V][]>(jobs, rdd, action))
    return merging('reduceByKeyLocally', closure.site, () => {
      for (const [key, value] of pairs) merged.set(key, merged.has(key) ? f(merged.get(key) as V, value) : value)
      return merged
    })
  })

/** The values of one key. Pairs that are hashed by key are looked for in one partition only. */
export const lookup = <V>(rdd: Dataset, key: unknown): Promise<V[]> =>
  rdd.context.act('lookup', async jobs => {
    const { partitioner, numPartitions } = rdd.node
    const isSpread = partitioner?.kind === 'hash' && numPartitions > 0
    const partitions = isSpread ? [hashPartition(key, numPartitions)] : undefined
    const action = { kind: 'run', f: builtin('lookup', [], [packed(key)]), async: false } as const
    return joined(await perPartition<V[]>(jobs, rdd, action, partitions))
  })
