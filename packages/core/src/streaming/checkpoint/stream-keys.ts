import { createHash } from 'node:crypto'
import type { DStreamError } from '../../errors/dstream-error.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { StreamSettings } from '../dstream/settings.ts'
import { sameUid } from '../errors.ts'

/** What a stream is recognised by when the program is started again, maybe changed. */
export interface StreamKey {
  readonly key: string
  /** It was given with `.uid(…)`. */
  readonly explicit: boolean
}

/** A longer path is told by its last operator and a hash. */
const maxPathLength = 200

/**
 * The keys of streams, by node id: what `.uid(…)` said, else the names of the operators on the path from its inputs, such as
 * `socketTextStream → flatMap → map → updateStateByKey`; streams that are alike are told apart by their order. Sites are no part of it, so code may move.
 *
 * @param nodes parents first
 * @param onDuplicate told of each uid that is given twice; the second stream then has a key of its own. Default: it is thrown
 * @throws DStreamError DUPLICATE_UID
 */
export function streamKeys(
  nodes: readonly StreamNode[],
  settings: ReadonlyMap<number, StreamSettings>,
  onDuplicate: (error: DStreamError) => unknown = refuse,
): ReadonlyMap<number, StreamKey> {
  const paths = new Map<number, string>()
  const keys = new Map<number, StreamKey>()
  const alike = new Map<string, number>()
  const given = new Map<string, StreamNode>()
  for (const node of nodes) {
    const uid = settings.get(node.id)?.uid
    const path = uid ?? pathOf(node, paths)
    paths.set(node.id, path)
    const other = uid === undefined ? undefined : given.get(uid)
    if (other !== undefined) onDuplicate(sameUid(uid!, [other, node].map(({ operator, site }) => `${operator} at ${site}`))) // prettier-ignore
    if (uid !== undefined && other === undefined) {
      given.set(uid, node)
      keys.set(node.id, { key: uid, explicit: true })
      continue
    }
    const base = `${path}${partOf(node)}`
    const ordinal = (alike.get(base) ?? 0) + 1
    alike.set(base, ordinal)
    keys.set(node.id, { key: ordinal === 1 ? base : `${base} #${ordinal}`, explicit: false })
  }
  return keys
}

function refuse(error: DStreamError): never {
  throw error
}

function pathOf(node: StreamNode, paths: ReadonlyMap<number, string>): string {
  const [only, ...others] = node.parents
  if (only === undefined) return node.operator
  // The streams that one operator is made of count as one.
  if (others.length === 0 && only.operator === node.operator && only.site === node.site) return paths.get(only.id)!
  const parents = node.parents.map(parent => paths.get(parent.id)!)
  const path = `${others.length === 0 ? parents[0]! : `(${parents.join(', ')})`} → ${node.operator}`
  if (path.length <= maxPathLength) return path
  return `… ${createHash('sha256').update(path).digest('hex').slice(0, 16)} → ${node.operator}`
}

/** Which of the streams of an operator it is; the one that holds something has no name of its own. */
function partOf(node: StreamNode): string {
  switch (node.kind) {
    case 'input':
    case 'state':
    case 'reducedWindow':
      return ''
    case 'window':
      return ' (window)'
    case 'transformed':
      return ` (${node.operation.kind === 'named' ? node.operation.name : 'driver'})`
  }
}
