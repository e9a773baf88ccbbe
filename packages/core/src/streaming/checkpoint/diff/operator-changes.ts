import type { TaskFunction } from '../../../closures/index.ts'
import type { GraphContent, OutputAction, StreamDetail } from '../schema/index.ts'
import { identityOf } from '../stream-differences.ts'

/** Operators that hold nothing, in words: `map at src/counts.ts:12:6`. */
export interface OperatorChanges {
  /** The same operator in the same place of the program, with another function. */
  readonly changed: readonly string[]
  readonly added: readonly string[]
  readonly dropped: readonly string[]
}

/** What differs between two programs beside what they hold. `now` undefined: it is not known. */
export function operatorChanges(
  before: GraphContent,
  now: GraphContent | undefined,
): { readonly changes: OperatorChanges; readonly any: boolean } {
  const [old, current] = [describedOf(before), describedOf(now ?? before)]
  const added = [...current].filter(([key]) => !old.has(key))
  const dropped = [...old].filter(([key]) => !current.has(key))
  const changed = [...current].filter(([key, operator]) => old.has(key) && !isSame(old.get(key)!, operator))
  const textsOf = (operators: typeof added): string[] => operators.map(([, { text }]) => text)
  const changes = { changed: textsOf(changed), added: textsOf(added), dropped: textsOf(dropped) }
  return { changes, any: added.length + dropped.length + changed.length > 0 }
}

interface Described {
  readonly text: string
  readonly identity: string
  /** Of a window. Any other has that of its parents: where it differs, the change is theirs. */
  readonly slide?: number | 'every batch'
}

const isSame = (a: Described, b: Described): boolean => a.identity === b.identity && a.slide === b.slide

/** By key, the streams that hold nothing, and the outputs. */
function describedOf({ nodes, outputs, batchMs }: GraphContent): Map<string, Described> {
  const described = new Map<string, Described>()
  for (const { key, operator, site, slideMs, detail } of nodes) {
    if (detail.kind === 'input' || detail.kind === 'state' || detail.kind === 'reducedWindow') continue
    const own = { text: `${operator} at ${site}`, identity: identityOfDetail(detail) }
    described.set(
      key,
      detail.kind === 'window' ? { ...own, slide: slideMs === batchMs ? 'every batch' : slideMs } : own,
    )
  }
  const keys = new Map(nodes.map(({ id, key }) => [id, key]))
  const alike = new Map<string, number>()
  for (const { operator, site, stream, action } of outputs) {
    const name = `${keys.get(stream)} ⇒ ${operator}`
    const ordinal = (alike.get(name) ?? 0) + 1
    alike.set(name, ordinal)
    described.set(`${name} #${ordinal}`, { text: `${operator} at ${site}`, identity: identityOfAction(action) })
  }
  return described
}

function identityOfDetail(detail: Extract<StreamDetail, { kind: 'transformed' | 'window' }>): string {
  if (detail.kind === 'window') return `${detail.windowMs}`
  const { operation } = detail
  if (operation.kind === 'driver') return identityOfDriver(operation.f)
  return `${operation.name}(${operation.functions.map(identityOf).join(',')})${JSON.stringify(operation.data)}`
}

function identityOfAction(action: OutputAction): string {
  if (action.kind === 'driver') return identityOfDriver(action.f)
  if (action.kind !== 'partitions') return JSON.stringify(action)
  return `${action.how} ${action.name}(${action.functions.map(identityOf).join(',')})`
}

/** One that could not be captured has none: whether it is another cannot be said. */
const identityOfDriver = (f: TaskFunction | undefined): string => (f === undefined ? '' : identityOf(f))
