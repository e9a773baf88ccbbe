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

/**
 * The globals behind which natives and built-in objects are looked for. Not all there are: Node loads some only when they are touched (`FormData`
 * brings a whole HTTP client, 30 ms).
 */
const walked = (
  'Object Function Array Number Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError ' +
  'URIError JSON Math Intl ArrayBuffer SharedArrayBuffer Atomics DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array ' +
  'Float64Array Uint8ClampedArray BigUint64Array BigInt64Array BigInt Map Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect Iterator ' +
  'WebAssembly console process Buffer URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event EventTarget performance'
).split(' ')

let paths: ReadonlyMap<unknown, readonly string[]> | undefined

/** The path of a native function or a built-in object from the global object. */
export function globalPath(value: unknown): readonly string[] | undefined {
  paths ??= walkGlobals()
  return paths.get(value) ?? pathByName(value)
}

/** A global that is a function usually has its own name: `fetch`, `FormData`. */
function pathByName(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'function' || !Object.hasOwn(globalThis, value.name) || !isStandardGlobal(value.name))
    return undefined
  return (globalThis as Record<string, unknown>)[value.name] === value ? [value.name] : undefined
}

function walkGlobals(): Map<unknown, readonly string[]> {
  const found = new Map<unknown, readonly string[]>([[globalThis, []]])
  const add = (holder: object, path: readonly string[], names: readonly string[]): void => {
    for (const name of names) {
      const { value, get } = Object.getOwnPropertyDescriptor(holder, name) ?? {}
      if (get !== undefined || (typeof value !== 'object' && typeof value !== 'function') || value === null) continue
      const ofProcess = path[0] === 'process' && typeof value === 'object' && name !== 'env' && name !== 'versions'
      if (found.has(value) || ofProcess) continue
      found.set(value, [...path, name])
      if (path.length < 2) add(value as object, [...path, name], Object.getOwnPropertyNames(value))
    }
  }
  add(globalThis, [], walked)
  return found
}
