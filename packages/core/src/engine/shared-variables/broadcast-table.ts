import { decodeRecords } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'

/** A broadcast value as a thread has it. */
class BroadcastEntry {
  readonly #label: string
  #bytes: Uint8Array | undefined
  #decoded: { readonly value: unknown } | undefined
  #destroyed: string | undefined

  constructor(label: string, bytes: Uint8Array) {
    this.#label = label
    this.#bytes = bytes
  }

  get value(): unknown {
    if (this.#decoded !== undefined) return this.#decoded.value
    if (this.#bytes === undefined) throw broadcastDestroyed(this.#label, this.#destroyed ?? '')
    this.#decoded = { value: decodeRecords(this.#bytes)[0] }
    return this.#decoded.value
  }

  /** Forgets what was decoded; with the place where it was destroyed, everything. */
  release(destroyed?: string): void {
    this.#decoded = undefined
    if (destroyed === undefined) return
    this.#bytes = undefined
    this.#destroyed = destroyed
  }
}

/** One for the thread, even where this module was loaded twice. */
const place = Symbol.for('dstream.broadcasts')
const holder = globalThis as { [place]?: Map<string, BroadcastEntry> }
const entries = (holder[place] ??= new Map<string, BroadcastEntry>())

/** What the tasks of this thread can read of the broadcast values: engines keep it up to date, one call for each of the seam's. */
export const broadcastTable = {
  add(key: string, bytes: Uint8Array): void {
    entries.set(key, new BroadcastEntry(labelOf(key), bytes))
  },
  release(key: string, destroyed?: string): void {
    entries.get(key)?.release(destroyed)
  },
  /** Forgets it, as an engine that closes does. */
  remove(key: string): void {
    entries.delete(key)
  },
  /** @throws DStreamError BROADCAST_UNKNOWN */
  entry(key: string): { readonly value: unknown } {
    const entry = entries.get(key)
    if (entry !== undefined) return entry
    throw new DStreamError('BROADCAST_UNKNOWN', `${labelOf(key)} is of another run of the program`, {
      hint: 'After a restart from a checkpoint alone, those of up to 1 MB that functions held at the start can be read. Make others lazily, in foreachRDD or transform (docs/accumulators-and-broadcast.md).',
    })
  },
}

/** `Broadcast(3)`, of a key such as `local-1700000000000/3`. */
export const labelOf = (key: string): string => `Broadcast(${key.slice(key.lastIndexOf('/') + 1)})`

/** Spark's text. */
export const broadcastDestroyed = (label: string, site: string): DStreamError =>
  new DStreamError('BROADCAST_DESTROYED', `Attempted to use ${label} after it was destroyed (destroy at ${site})`, {
    hint: 'Destroy a broadcast variable when no job will use it any more; unpersist() only frees memory.',
  })
