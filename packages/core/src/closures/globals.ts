/**
 * Functions and objects that every process has: they travel as the path to them from the global object (`Math.max`, `JSON`).
 */

/** Globals of Node that are enumerable; other enumerable globals were put there by the user. */
const nodeGlobals = new Set(
  (
    'global globalThis process Buffer console setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask ' +
    'structuredClone atob btoa performance fetch navigator crypto localStorage sessionStorage'
  ).split(' '),
)

/** Whether a name that no scope declares is a global of every process: left to be found by name. */
export function isStandardGlobal(name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name)
  return descriptor === undefined || !descriptor.enumerable || nodeGlobals.has(name)
}

let paths: Map<unknown, readonly string[]> | undefined

/** The path of a native function or a built-in object from the global object. */
export function globalPath(value: unknown): readonly string[] | undefined {
  paths ??= walkGlobals()
  return paths.get(value)
}

function walkGlobals(): Map<unknown, readonly string[]> {
  const found = new Map<unknown, readonly string[]>([[globalThis, []]])
  const add = (holder: object, path: readonly string[], depth: number): void => {
    for (const name of Object.getOwnPropertyNames(holder)) {
      const { value, get } = Object.getOwnPropertyDescriptor(holder, name) ?? {}
      // `navigator`, `localStorage`, `crypto` are getters that do something: they are known by name only.
      if (get !== undefined || (typeof value !== 'object' && typeof value !== 'function') || value === null) continue
      if (depth === 0 && !isStandardGlobal(name)) continue
      if (
        found.has(value) ||
        (depth > 0 && path[0] === 'process' && !['env', 'versions'].includes(name) && typeof value === 'object')
      )
        continue
      found.set(value, [...path, name])
      if (depth < 2) add(value as object, [...path, name], depth + 1)
    }
  }
  add(globalThis, [], 0)
  return found
}
