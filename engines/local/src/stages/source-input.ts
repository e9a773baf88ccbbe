import type { SourceNode, TaskFunction } from '@dstream/core/engine'
import type { Input } from '../tasks/task-spec.ts'

/** What a task reads of one partition of a source. */
export function sourceInput(node: SourceNode, partition: number, number: (f: TaskFunction) => number): Input {
  const { source } = node
  switch (source.kind) {
    case 'values':
      return { from: 'values', bytes: source.partitions[partition]! }
    case 'range': {
      const length = Math.max(0, Math.ceil((source.end - source.start) / source.step))
      const cut = (i: number): number => Math.floor((i * length) / node.numPartitions)
      return {
        from: 'range',
        start: source.start + cut(partition) * source.step,
        step: source.step,
        count: cut(partition + 1) - cut(partition),
      }
    }
    case 'blocks': {
      const { bytes, records, format } = source.blocks[partition]!
      return format === 'lines' ? { from: 'lines', bytes, records } : { from: 'values', bytes }
    }
    case 'text':
      return { from: 'text', split: source.splits[partition]! }
    case 'reader':
      return {
        from: 'reader',
        read: number(source.read),
        split: source.splits[partition],
        partition,
        operator: node.operator,
        site: node.site,
      }
  }
}
