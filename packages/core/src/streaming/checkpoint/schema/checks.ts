import { StorageLevel } from '../../../rdd/storage-level.ts'
import { namedOperations } from '../../dstream/operations/named.ts'
import {
  anything,
  bytes,
  count,
  finite,
  flag,
  kindOf,
  length,
  list,
  object,
  oneOf,
  optional,
  SchemaMismatch,
  text,
  whole,
  type Check,
} from './check.ts'
import { checkpointVersion, type CheckpointContent, type RddContent } from './content.ts'

const closure = object({
  ...{ kind: oneOf('closure'), id: text, codeId: text, name: text, site: text, async: flag },
  graph: object({ version: oneOf(1), root: count, entries: list(object({})) }),
})
const builtin = object({
  name: text,
  functions: (value, path) => list(taskFunction)(value, path),
  data: list(anything),
})
const taskFunction: Check = kindOf({ closure, builtin })
const partitioner = kindOf({
  hash: object({ numPartitions: count }),
  range: object({ numPartitions: count, ascending: flag, sampled: whole, bounds: optional(list(anything)) }),
  custom: object({ numPartitions: count, partition: taskFunction }),
})
const level = oneOf(...Object.keys(StorageLevel))

const rddNodes = list(
  object({
    ...{ id: count, operator: text, site: text, parents: list(count), numPartitions: count },
    partitioner: optional(partitioner),
    kind: oneOf('source', 'narrow', 'concat', 'zip', 'shuffle', 'state', 'stateView'),
  }),
)
const rdd: Check = (value, path) => {
  rddNodes(value, path)
  const nodes = value as RddContent
  if (nodes.length === 0) throw new SchemaMismatch(path, 'a plan with at least one node', value)
  parentsFirst(nodes, path)
}

const input = object({
  ...{ node: count, name: text },
  source: kindOf({
    files: object({
      directory: text,
      ignoreUpToMs: whole,
      filter: optional(closure),
      read: optional(taskFunction),
      format: optional(closure),
    }),
    receiver: object({ receiver: text, level, thread: oneOf('own', 'main'), make: taskFunction }),
    constant: object({ rdd }),
    custom: object({ instance: closure }),
    ...{ none: object({}), queue: object({}) },
  }),
})

const operation = kindOf({
  named: object({ name: oneOf(...Object.keys(namedOperations)), functions: list(taskFunction), data: list(anything) }),
  driver: object({ f: optional(closure) }),
})
const absent = oneOf('none', 'unify-fails', 'transform-fails')
const stream = object({
  ...{ id: count, key: text, explicit: flag, operator: text, site: text, parents: list(count), slideMs: length },
  ...{ level: optional(level), checkpointMs: optional(length) },
  detail: kindOf({
    input: object({ inputId: count }),
    transformed: object({ operation, absent }),
    window: object({ windowMs: length }),
    reducedWindow: object({
      ...{ windowMs: length, merge: taskFunction, subtract: taskFunction, filter: optional(taskFunction), partitioner },
    }),
    state: object({
      update: object({ mode: oneOf('everyKey', 'whole', 'touchedKeys'), f: taskFunction }),
      ...{ partitioner, initial: optional(rdd), timeoutMs: optional(finite), movesKeys: optional(oneOf(true)) },
      form: optional(object({ version: length, migrate: optional(taskFunction) })),
    }),
  }),
})

const output = object({
  ...{ operator: text, site: text, stream: count },
  action: kindOf({
    print: object({ num: finite }),
    saveAsTextFiles: object({ prefix: text, suffix: text }),
    saveAsObjectFiles: object({ prefix: text, suffix: text }),
    driver: object({ f: optional(closure) }),
    partitions: object({
      ...{ name: text, how: oneOf('outputPartition', 'commitPartition'), functions: list(taskFunction) },
    }),
  }),
})

const saved = object({
  ...{ stream: text, fromTheBeginning: flag },
  times: list(
    object({
      ...{ timeMs: whole, directory: text, numPartitions: count, partitioner: optional(partitioner) },
      ...{ bases: optional(list(text)), stateVersion: optional(length), timed: optional(oneOf(true)) },
    }),
  ),
})

const content = object({
  version: oneOf(checkpointVersion),
  application: object({ name: text, master: text, id: text, uid: optional(text), configuration: list(list(text)) }),
  problems: list(text),
  graph: object({
    ...{ batchMs: length, rememberMs: optional(whole) },
    ...{ inputs: list(input), nodes: list(stream), outputs: list(output) },
    broadcasts: optional(list(object({ key: text, bytes }))),
  }),
  progress: object({
    ...{ zeroMs: whole, batchMs: whole, pending: list(whole), saved: list(saved) },
    inputs: list(object({ input: count, memory: anything })),
    log: optional(object({ sequence: count, events: list(object({ type: text })) })),
    accumulators: list(object({ name: text, className: text, state: bytes })),
  }),
})

/** Holds everything that reading relies on. @throws SchemaMismatch */
export function checkContent(value: unknown): asserts value is CheckpointContent {
  content(value, '')
  const { graph } = value as CheckpointContent
  parentsFirst(graph.nodes, 'graph.nodes')
  const ids = new Set(graph.nodes.map(node => node.id))
  const known = (id: number, path: string): void => {
    if (!ids.has(id)) throw new SchemaMismatch(path, 'the id of a stream', id)
  }
  graph.inputs.forEach((one, i) => known(one.node, `graph.inputs[${i}].node`))
  graph.outputs.forEach((one, i) => known(one.stream, `graph.outputs[${i}].stream`))
}

function parentsFirst(
  nodes: readonly { readonly id: number; readonly parents: readonly number[] }[],
  path: string,
): void {
  const seen = new Set<number>()
  nodes.forEach(({ id, parents }, i) => {
    const unknown = parents.find(parent => !seen.has(parent))
    if (unknown !== undefined) throw new SchemaMismatch(`${path}[${i}].parents`, 'ids of nodes before it', unknown)
    if (seen.has(id)) throw new SchemaMismatch(`${path}[${i}].id`, 'an id of its own', id)
    seen.add(id)
  })
}
