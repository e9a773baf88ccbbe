import { capture } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { hashSpec } from './hash-partitioner.ts'
import { Partitioner } from './partitioner.ts'

/**
 * Spreads keys by a function of the user's, which runs in tasks: it must give a whole number from 0 to `numPartitions - 1`, the same for equal keys.
 * A task in which it gives anything else fails with PARTITION_OUT_OF_RANGE.
 *
 * @throws TaskNotSerializableError when the function cannot travel
 * @see Spark's Partitioner, subclassed
 * @example
 * pairs.partitionBy(new CustomPartitioner(2, (word: string) => word.length % 2))
 */
export class CustomPartitioner<K = unknown> extends Partitioner {
  constructor(numPartitions: number, partition: (key: K) => number) {
    if (hashSpec(numPartitions).numPartitions === 0) throw noPartition()
    super({
      kind: 'custom',
      numPartitions,
      partition: capture(partition, { operator: 'CustomPartitioner', async: 'refused' }),
    })
  }
}

const noPartition = (): DStreamError =>
  new DStreamError('PARTITION_COUNT', 'Number of partitions (0) must be positive.', {
    hint: 'A function of your own spreads keys over 1 partition or more.',
  })
