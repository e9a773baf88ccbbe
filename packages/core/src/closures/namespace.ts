import { types } from 'node:util'
import type { CaptureWalk, Step } from './capture-walk.ts'
import type { Entry, Ref } from './format.ts'
import { isModuleExports } from './origin.ts'
import { NotInitialised } from './refusals.ts'

/** The exports of one of the user's modules, of which only the members that are used should travel. */
export function isNamespace(value: object): boolean {
  if (types.isModuleNamespaceObject(value)) return true
  if (typeof value !== 'object' || types.isProxy(value)) return false
  return (
    Object.hasOwn(value, '__esModule') ||
    (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Module' ||
    isModuleExports(value)
  )
}

const namespaces = new WeakMap<CaptureWalk, Map<object, { readonly index: Ref; readonly members: Set<string> }>>()

/** A namespace of the user's own module, of which only the members that the code names travel. */
export function captureNamespace(
  walk: CaptureWalk,
  value: object,
  members: readonly string[],
  parent: Ref,
  step: Step,
): Ref {
  const known = namespaces.get(walk) ?? new Map<object, { index: Ref; members: Set<string> }>()
  namespaces.set(walk, known)
  let entry = known.get(value)
  if (entry === undefined) {
    entry = { index: walk.placeholder(parent, step), members: new Set() }
    known.set(value, entry)
  }
  for (const member of members) if (member in value) entry.members.add(member)
  walk.entries[entry.index] = namespaceEntry(walk, entry.index, value, [...entry.members])
  return entry.index
}

/** The entry of a namespace with some of its members. */
export function namespaceEntry(walk: CaptureWalk, index: Ref, value: object, members: readonly string[]): Entry {
  const props = members.map(name => {
    try {
      return { k: name, v: walk.ref((value as Record<string, unknown>)[name], index, { part: `.${name}` }) }
    } catch {
      return { k: name, v: walk.ref(new NotInitialised(name), index, { part: `.${name}` }) }
    }
  })
  return { kind: 'object', bare: true, props }
}
