import { registerHandles, travelsAs } from './protocol.ts'

export interface PerWorkerOptions<T> {
  /** After this long without a call it is closed, and the next call creates it again: milliseconds, or a Duration. Never, when left out. */
  readonly idle?: number | { readonly milliseconds: number }
  /** Called with the value when it has been idle (awaited, where it is a promise). */
  readonly close?: (value: Awaited<T>) => unknown
}

interface Kept {
  readonly value: unknown
  usedAt: number
  timer: NodeJS.Timeout | undefined
}

const kept = new Map<string, Kept>()
/** The worker's own clock: this is the data plane, no batch depends on it. */
let timers: { now(): number; set(f: () => void, ms: number): NodeJS.Timeout; clear(timer: NodeJS.Timeout): void } = {
  now: () => performance.now(),
  set: (f, ms) => setTimeout(f, ms).unref(),
  clear: clearTimeout,
}

/**
 * A value that lives in this worker across tasks and batches: a connection pool, a cache, a loaded model. Created when first asked for in
 * a worker, and shared by all tasks that run there; unlike captured variables, which are fresh for each task. When `create` returns a
 * promise, that promise is what is kept and returned; one that rejects is forgotten, so that the next task tries again.
 *
 * @param key names the value; equal keys are one value, whatever `create` says the second time
 * @example
 * import { connect } from 'node:net'
 * await rdd.foreachPartition(records => {
 *   const socket = perWorker('audit', () => connect(9000, 'audit'), { idle: Seconds(60), close: s => s.end() })
 *   for (const record of records) socket.write(`${record}\n`)
 * })
 */
export function perWorker<T>(key: string, create: () => T, options: PerWorkerOptions<T> = {}): T {
  let entry = kept.get(key)
  if (entry === undefined) {
    entry = { value: create(), usedAt: timers.now(), timer: undefined }
    kept.set(key, entry)
    forgetWhenRejected(key, entry)
  }
  entry.usedAt = timers.now()
  const idleMs = typeof options.idle === 'object' ? options.idle.milliseconds : options.idle
  if (idleMs !== undefined && entry.timer === undefined)
    watch(key, entry, idleMs, options.close as ((value: unknown) => unknown) | undefined)
  return entry.value as T
}

/** One timer per value, set again for the rest of the time when the value was used meanwhile: a call costs no timer. */
function watch(
  key: string,
  entry: Kept,
  idleMs: number,
  close: ((value: unknown) => unknown) | undefined,
  wait = idleMs,
): void {
  entry.timer = timers.set(() => {
    const left = entry.usedAt + idleMs - timers.now()
    if (left > 0) return watch(key, entry, idleMs, close, left)
    if (kept.get(key) === entry) kept.delete(key)
    // A close that fails leaves nothing to do here: the value is gone either way.
    if (close !== undefined)
      Promise.resolve(entry.value)
        .then(close)
        .catch(() => undefined)
  }, wait)
}

function forgetWhenRejected(key: string, entry: Kept): void {
  if (typeof (entry.value as PromiseLike<unknown> | null)?.then !== 'function') return
  ;(entry.value as PromiseLike<unknown>).then(undefined, () => {
    if (kept.get(key) !== entry) return
    if (entry.timer !== undefined) timers.clear(entry.timer)
    kept.delete(key)
  })
}

/** For tests: another clock. Answers how to go back. */
export function replacePerWorkerTimers(replacement: typeof timers): () => void {
  const before = timers
  timers = replacement
  return () => {
    timers = before
  }
}

// The function travels by name, so that tasks use the one table of their worker, however the program imported or bundled it.
Object.defineProperty(perWorker, travelsAs, { value: () => ({ name: 'perWorker', data: [] }) })
registerHandles({ perWorker: () => perWorker })
