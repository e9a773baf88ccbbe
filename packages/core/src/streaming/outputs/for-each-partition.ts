import { builtin, capture, type AnyFunction, type TaskFunction } from '../../closures/index.ts'
import { checkFunction } from '../../errors/not-a-function.ts'
import { perPartition } from '../../rdd/actions/per-partition.ts'
import { currentBatchOutput } from '../../rdd/outputs/batch-output.ts'
import type { OutputBatch } from '../../rdd/outputs/output-partition.ts'
import type { Transactions } from '../../rdd/outputs/transactions.ts'
import type { OutputFunction } from '../dstream/graph.ts'
import { checkOutputName, checkTransactions } from './output-arguments.ts'

/** What is done with each partition; plain data, so that checkpoints have it. */
export interface PartitionsAction {
  readonly kind: 'partitions'
  /** The name of the output. */
  readonly name: string
  readonly how: 'outputPartition' | 'commitPartition'
  readonly functions: readonly TaskFunction[]
}

/** The operator of each way, by the builtin that does it in a task. */
const operatorOf = { outputPartition: 'foreachPartition', commitPartition: 'foreachPartitionInTransaction' } as const

/** Calls the function with each partition and what it is known by. */
export function givingPartitions(name: string, write: AnyFunction): PartitionsAction {
  const operator = operatorOf.outputPartition
  checkOutputName(operator, name)
  checkFunction(operator, write)
  const functions = [capture(write, { operator, async: 'allowed' })]
  return { kind: 'partitions', name, how: 'outputPartition', functions }
}

/** Calls the function in a transaction, at most once with success for each partition of a batch. */
export function committingPartitions<Client>(
  name: string,
  database: Transactions<Client>,
  write: AnyFunction,
): PartitionsAction {
  const operator = operatorOf.commitPartition
  checkOutputName(operator, name)
  checkTransactions(operator, database)
  checkFunction(operator, write)
  const functions = [
    capture(() => database, { operator, async: 'refused' }),
    capture(write, { operator, async: 'allowed' }),
  ]
  return { kind: 'partitions', name, how: 'commitPartition', functions }
}

/** Does so with the partitions of each batch. */
export const puttingOutPartitions =
  ({ name, how, functions }: PartitionsAction, slideMs: number): OutputFunction =>
  (rdd, time) =>
    rdd.context.act(operatorOf[how], async jobs => {
      const batch: OutputBatch = {
        application: currentBatchOutput()!.application,
        output: name,
        batchTimeMs: time.milliseconds,
        slideMs,
        numPartitions: rdd.node.numPartitions,
      }
      const written = await perPartition<boolean>(jobs, rdd, {
        kind: 'run',
        f: builtin(how, [...functions], [batch]),
        async: true,
      })
      const known = written.filter(isNew => !isNew).length
      if (known > 0)
        rdd.sparkContext.log
          .logger('Outputs')
          .info(
            `${name}: ${known} of ${written.length} partitions of batch ${time.milliseconds} ms had been committed before`,
          )
    })
