import { eachRef, type CodeEntry, type Entry, type FunctionEntry, type Ref } from './format.ts'
import { isPerTask } from './protocol.ts'

/**
 * Which entries may be made once and used by every task, and which must be fresh for each, so that nothing a task does to what it
 * captured is seen by another. Shared is what cannot change, or provably does not:
 *
 * - primitives, globals, imports, handles (but those that are each task's own), regular expressions without `g` and `y`, classes (one per worker, as their instances need);
 * - flat containers (arrays, objects, Maps, Sets, dates of primitives) that only functions reach, of which each only reads members or
 *   calls methods that change nothing (`uses` of its code, see uses.ts);
 * - functions that assign no captured variable and capture only what is shared.
 *
 * Everything else is fresh. The proof is by the greatest fixed point: what depends on something fresh is fresh.
 */
export function sharedEntries(entries: readonly Entry[], reachable: readonly Ref[]): boolean[] {
  const shared = entries.map((entry, i) => startsShared(entry, i, entries))
  for (const i of reachable) {
    const entry = entries[i] as Entry
    if (entry.kind !== 'function') continue
    const { uses } = entries[entry.code] as CodeEntry
    // `helper.calls++`: the function that is written to is state, too.
    entry.vars.forEach((ref, position) => {
      if (uses[position] === 'm' && (entries[ref] as Entry).kind !== 'class') shared[ref] = false
    })
  }
  const onlyRead = readOnlyRefs(entries, reachable)
  for (const i of reachable) {
    const entry = entries[i] as Entry
    if (!shared[i] && isFlat(entry, entries) && onlyRead.has(i)) shared[i] = true
  }
  // Freshness spreads from parts to what holds them.
  const holders = new Map<Ref, Ref[]>()
  for (const i of reachable) {
    const entry = entries[i] as Entry
    if (entry.kind !== 'class') eachRef(entry, ref => holders.set(ref, [...(holders.get(ref) ?? []), i]))
  }
  const fresh = reachable.filter(i => !shared[i])
  for (let at = 0; at < fresh.length; at++) {
    for (const holder of holders.get(fresh[at] as Ref) ?? []) {
      if (!shared[holder]) continue
      shared[holder] = false
      fresh.push(holder)
    }
  }
  return shared
}

function startsShared(entry: Entry, _index: Ref, entries: readonly Entry[]): boolean {
  switch (entry.kind) {
    case 'function':
      return isStateless(entry, entries[entry.code] as CodeEntry)
    case 'handle':
      return !isPerTask(entry.name)
    case 'regexp':
      return !/[gy]/.test(entry.flags) && entry.props === undefined
    case 'rebuilt':
      return (
        entry.type !== 'URL' &&
        entry.type !== 'URLSearchParams' &&
        entry.type !== 'TextDecoder' &&
        entry.props === undefined
      )
    case 'object':
    case 'array':
      return entry.integrity === 'frozen'
    case 'cell':
    case 'list':
    case 'map':
    case 'set':
    case 'date':
    case 'error':
    case 'boxed':
    case 'arraybuffer':
    case 'view':
      return false
    default:
      return true
  }
}

function isStateless(entry: FunctionEntry, { uses, stateful }: CodeEntry): boolean {
  return !uses.includes('w') && !stateful && entry.props === undefined && entry.protoProps === undefined
}

/** Entries that are reached only as captured variables whose every use reads. */
function readOnlyRefs(entries: readonly Entry[], reachable: readonly Ref[]): Set<Ref> {
  const read = new Set<Ref>()
  const other = new Set<Ref>()
  for (const i of reachable) {
    const entry = entries[i] as Entry
    if (entry.kind !== 'function') {
      eachRef(entry, ref => other.add(ref))
      continue
    }
    const { uses } = entries[entry.code] as CodeEntry
    entry.vars.forEach((ref, position) => (uses[position] === 'r' ? read : other).add(ref))
    for (const ref of [entry.self, entry.arguments, entry.home]) if (ref !== undefined) other.add(ref)
    for (const p of [...(entry.props ?? []), ...(entry.protoProps ?? [])])
      for (const ref of [p.v, p.get, p.set]) if (ref !== undefined) other.add(ref)
  }
  for (const ref of other) read.delete(ref)
  return read
}

const immutable = new Set(['undefined', 'scalar', 'number', 'bigint', 'symbol'])

/** A built-in container of primitives, without class, accessors or extras: reading it runs no code and hands out nothing that can change. */
function isFlat(entry: Entry, entries: readonly Entry[]): boolean {
  if (entry.kind === 'list' || entry.kind === 'view') return true
  if (!['object', 'array', 'map', 'set', 'date'].includes(entry.kind)) return false
  const { class: of, proto, privates, props = [] } = entry as Extract<Entry, { kind: 'object' }>
  if (of !== undefined || proto !== undefined || privates !== undefined) return false
  if (props.some(p => p.get !== undefined || p.set !== undefined)) return false
  let flat = true
  eachRef(entry, ref => {
    flat &&= immutable.has((entries[ref] as Entry).kind)
  })
  return flat
}
