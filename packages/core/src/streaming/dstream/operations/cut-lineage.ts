import { builtin } from '../../../closures/index.ts'
import type { RddContext } from '../../../rdd/context.ts'
import { RDD } from '../../../rdd/rdd.ts'

/**
 * The same records as a dataset without a past: its partitions are computed now and held as bytes. What is made of it later does not refer to
 * everything that went before.
 *
 * Where a result is made of the one before, without end, this is what bounds the plan. Cost: the dataset's size, once through the driver, as bytes.
 */
export async function cutLineage(context: RddContext, rdd: RDD<unknown>): Promise<RDD<unknown>> {
  const { numPartitions, operator, site, partitioner } = rdd.node
  const partitions = new Array<Uint8Array<SharedArrayBuffer>>(numPartitions)
  const all = Array.from(partitions, (_, partition) => partition)
  const encode = { kind: 'run', f: builtin('encodePartition'), async: false } as const
  await context.act('checkpoint', jobs =>
    jobs.run(rdd.node, encode, all, (partition, bytes) => (partitions[partition] = shared(bytes as Uint8Array))),
  )
  const source = { kind: 'values', partitions } as const
  const spread = partitioner === undefined ? {} : { partitioner }
  return new RDD<unknown>(
    context,
    context.newNode({ kind: 'source', operator, parents: [], numPartitions, source, ...spread }, site),
  )
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}
