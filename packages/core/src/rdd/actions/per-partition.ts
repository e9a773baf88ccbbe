import type { Dataset, JobRunner } from '../context.ts'
import type { Action } from '../plan/action.ts'

/** The indexes of all partitions of a dataset. */
export const allPartitions = ({ node }: Dataset): number[] => Array.from({ length: node.numPartitions }, (_, i) => i)

/** Runs one job and gives its results in the order of the partitions asked. */
export async function perPartition<R>(
  jobs: JobRunner,
  rdd: Dataset,
  action: Action,
  partitions: readonly number[] = allPartitions(rdd),
): Promise<R[]> {
  if (partitions.length === 0) return []
  const results = new Map<number, unknown>()
  await jobs.run(rdd.node, action, partitions, (partition, result) => results.set(partition, result))
  return partitions.map(partition => results.get(partition) as R)
}

/** Arrays one behind the other. (`flat` is slow on large arrays and skips holes.) */
export function joined<T>(parts: readonly (readonly T[])[]): T[] {
  const all: T[] = []
  for (const part of parts) for (const record of part) all.push(record)
  return all
}
