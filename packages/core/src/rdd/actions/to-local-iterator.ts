import type { Dataset } from '../context.ts'
import { perPartition } from './per-partition.ts'

/** All records, a partition at a time: a job for each, run when its first record is asked for. */
export async function* toLocalIterator<T>(rdd: Dataset): AsyncGenerator<T, void, undefined> {
  for (let partition = 0; partition < rdd.node.numPartitions; partition++) {
    const [records] = await rdd.context.act('toLocalIterator', jobs =>
      perPartition<T[]>(jobs, rdd, { kind: 'collect' }, [partition]),
    )
    yield* records!
  }
}
