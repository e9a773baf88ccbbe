import type { TaskFunction } from '../../closures/closure.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'

/** Whether equal keys are sure to be in equal partitions under both, so that nothing has to be spread anew. */
export function samePartitioner(a: PartitionerSpec | undefined, b: PartitionerSpec | undefined): boolean {
  if (a === undefined || b === undefined) return false
  if (a === b) return true
  if (a.numPartitions !== b.numPartitions) return false
  if (a.kind === 'hash') return b.kind === 'hash'
  if (a.kind === 'range') return b.kind === 'range' && a.sampled === b.sampled && a.ascending === b.ascending
  return b.kind === 'custom' && sameFunction(a.partition, b.partition)
}

function sameFunction(a: TaskFunction, b: TaskFunction): boolean {
  if (a.kind === 'closure' || b.kind === 'closure')
    return a.kind === b.kind && (a as { id?: string }).id === (b as { id?: string }).id
  return (
    a.name === b.name &&
    a.functions.length === b.functions.length &&
    a.functions.every((f, i) => sameFunction(f, b.functions[i]!)) &&
    JSON.stringify(a.data) === JSON.stringify(b.data)
  )
}
