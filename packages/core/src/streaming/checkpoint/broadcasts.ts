import type { ClosureGraph } from '../../closures/index.ts'
import type { BroadcastContent, GraphContent } from './schema/index.ts'

/** What all of them may hold together, in bytes: every checkpoint is written with it. */
const mostBytes = 2 ** 20

/**
 * The values of the broadcast variables that functions of the plan hold, so that a restart without the factory has them too. Where they are too large, that is a
 * problem of such a restart, and they are left out.
 */
export function broadcastContent(
  plan: GraphContent,
  bytesOf: (key: string) => Uint8Array | undefined,
): { readonly broadcasts: readonly BroadcastContent[]; readonly problems: readonly string[] } {
  const broadcasts: BroadcastContent[] = []
  // One that was destroyed cannot be read before the restart either.
  for (const key of broadcastKeys(plan)) {
    const bytes = bytesOf(key)
    if (bytes !== undefined) broadcasts.push({ key, bytes })
  }
  const total = broadcasts.reduce((sum, { bytes }) => sum + bytes.length, 0)
  if (total <= mostBytes) return { broadcasts, problems: [] }
  const problem = `what broadcast variables hold is too much for a checkpoint: ${total} bytes`
  return { broadcasts: [], problems: [problem] }
}

/** The broadcast variables that functions hold, wherever in a plan those are. */
function broadcastKeys(plan: GraphContent): Set<string> {
  const keys = new Set<string>()
  const pending: unknown[] = [plan]
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue
    if (isClosureGraph(value)) for (const key of keysIn(value)) keys.add(key)
    else pending.push(...(Object.values(value) as unknown[]))
  }
  return keys
}

const isClosureGraph = (value: object): value is ClosureGraph => 'entries' in value && 'root' in value

const keysIn = ({ entries }: ClosureGraph): string[] =>
  entries.flatMap(entry => {
    const key = entry.kind === 'handle' && entry.name === 'broadcast' ? entries[entry.data[0]!] : undefined
    return key?.kind === 'scalar' && typeof key.value === 'string' ? [key.value] : []
  })
