import { registerBuiltins } from '../../closures/builtins.ts'
import { commitPartition } from '../outputs/committed-partitions.ts'
import { outputPartition, type OutputBatch } from '../outputs/output-partition.ts'
import type { Transactions } from '../outputs/transactions.ts'
import type { Fn } from './function-types.ts'

/** What tasks do with a partition of a batch that is put out. Their result is whether they have written it. */
registerBuiltins({
  outputPartition:
    ([write], [batch]) =>
    async (records: Iterable<unknown>, partition: number) => {
      await (write as Fn)(records, outputPartition(batch as OutputBatch, partition))
      return true
    },
  commitPartition: ([database, write], [batch]) => {
    const transactions = (database as () => Transactions<unknown>)()
    return async (records: Iterable<unknown>, partition: number) => {
      const written = await commitPartition(transactions, batch as OutputBatch, partition, client =>
        (write as Fn)(client, records, outputPartition(batch as OutputBatch, partition)),
      )
      // What is there already is computed all the same: its accumulators count.
      if (!written) for (const _ of records); // oxlint-disable-line no-unused-vars
      return written
    }
  },
})
