import { StorageLevel } from './storage-level.ts'
import type { Dataset } from './context.ts'
import type { RddNode } from './plan/node.ts'

/** Spark's name for what a node is. */
function className(node: RddNode): string {
  switch (node.kind) {
    case 'source':
      return sourceNames[node.source.kind]
    case 'narrow':
      return 'MapPartitionsRDD'
    case 'shuffle':
      return 'ShuffledRDD'
    case 'concat':
      if (node.partitioner !== undefined) return 'PartitionerAwareUnionRDD'
      return node.operator === 'union' ? 'UnionRDD' : 'CoalescedRDD'
    case 'zip':
      if (node.operator === 'cartesian') return 'CartesianRDD'
      return node.partitioner === undefined ? 'ZippedPartitionsRDD2' : 'CoGroupedRDD'
    case 'state':
      return node.update.mode === 'touchedKeys' ? 'MapWithStateRDD' : 'StateRDD'
    case 'stateView':
      return 'MapPartitionsRDD'
  }
}

const sourceNames = {
  values: 'ParallelCollectionRDD',
  range: 'ParallelCollectionRDD',
  blocks: 'BlockRDD',
  text: 'HadoopRDD',
  reader: 'NewHadoopRDD',
} as const

/** One dataset in a line: `words MapPartitionsRDD[3] at map at count.ts:12:5`. */
export function describe({ context, node }: Dataset): string {
  const name = context.nameOf(node)
  return `${name === undefined ? '' : `${name} `}${className(node)}[${node.id}] at ${node.operator} at ${node.site}`
}

/** Where and how a dataset is kept, in Spark's words; nothing when it is not kept. */
function storageText(level: StorageLevel): string {
  if (level === StorageLevel.NONE) return ''
  const place = [level.useDisk && 'Disk', level.useMemory && (level.useOffHeap ? 'Memory (off heap)' : 'Memory')]
    .filter(Boolean)
    .join(' ')
  return `${place} ${level.deserialized ? 'Deserialized' : 'Serialized'} ${level.replication}x Replicated`
}

interface Line {
  readonly node: RddNode
  readonly prefix: string
  /** What the node's parents are indented with. */
  readonly below: string
}

/**
 * The lineage of a dataset as a tree, newest first; a step to the right is a shuffle. A node that several others share is
 * shown under the first of them; after that only its name, so the text never grows beyond the plan.
 *
 * @see Spark's RDD.toDebugString
 */
export function debugString(rdd: Dataset): string {
  const head = `(${rdd.node.numPartitions}) `
  const lines: string[] = []
  const shown = new Set<RddNode>()
  const pending: Line[] = [{ node: rdd.node, prefix: head, below: shaft(head) }]
  while (pending.length > 0) {
    const { node, prefix, below } = pending.pop()!
    lines.push(`${prefix}${describe({ context: rdd.context, node })} [${storageText(rdd.context.levelOf(node))}]`)
    if (shown.has(node)) continue
    shown.add(node)
    for (let i = node.parents.length - 1; i >= 0; i--) {
      pending.push(lineOf(node.parents[i]!, below, node.kind === 'shuffle', i === node.parents.length - 1))
    }
  }
  return lines.join('\n')
}

function lineOf(node: RddNode, below: string, shuffled: boolean, last: boolean): Line {
  if (!shuffled) return { node, prefix: below, below }
  const stem = below.replace(/\|\s+$/, '')
  const head = `(${node.numPartitions}) `
  return { node, prefix: `${stem}+-${head}`, below: `${stem}${last ? '  ' : '| '}${shaft(head)}` }
}

/** The vertical line below a number of partitions. */
function shaft(head: string): string {
  const left = Math.floor((head.length - 2) / 2)
  return `${' '.repeat(left)}|${' '.repeat(head.length - 1 - left)}`
}
