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

/** Of so many that were destroyed it is known where: a stream that makes and destroys one in every batch leaves no more than that behind. */
export const destroyedRemembered = 1000

/** One for the thread, even where this module was loaded twice. */
const place = Symbol.for('dstream.broadcasts')
interface Known {
  readonly entries: Map<string, BroadcastEntry>
  /** Those that were destroyed, the longest ago first. */
  readonly destroyed: Set<string>
}
const holder = globalThis as { [place]?: Known }
const { entries, destroyed: gone } = (holder[place] ??= { entries: new Map(), destroyed: new Set() })

/** What the tasks of this thread can read of the broadcast values: engines keep it up to date, one call for each of the seam's. */
export const broadcastTable = {
  add(key: string, bytes: Uint8Array): void {
    gone.delete(key)
    entries.set(key, new BroadcastEntry(labelOf(key), bytes))
  },
  release(key: string, destroyed?: string): void {
    const entry = entries.get(key)
    entry?.release(destroyed)
    if (entry === undefined || destroyed === undefined) return
    gone.add(key)
    if (gone.size <= destroyedRemembered) return
    const [oldest] = gone
    this.remove(oldest!)
  },
  /** Forgets it, as an engine that closes does. */
  remove(key: string): void {
    gone.delete(key)
    entries.delete(key)
  },
  /** @throws DStreamError BROADCAST_UNKNOWN */
  entry(key: string): { readonly value: unknown } {
    const entry = entries.get(key)
    if (entry !== undefined) return entry
    throw new DStreamError(
      'BROADCAST_UNKNOWN',
      `${labelOf(key)} is of another run of the program, or was destroyed long ago`,
      {
        hint: 'After a restart from a checkpoint alone, those of up to 1 MB that functions held at the start can be read. Make others lazily, in foreachRDD or transform (docs/accumulators-and-broadcast.md).',
      },
    )
  },
}

/** `Broadcast(3)`, of a key such as `local-1700000000000/3`. */
export const labelOf = (key: string): string => `Broadcast(${key.slice(key.lastIndexOf('/') + 1)})`

/** Spark's text. */
export const broadcastDestroyed = (label: string, site: string): DStreamError =>
  new DStreamError('BROADCAST_DESTROYED', `Attempted to use ${label} after it was destroyed (destroy at ${site})`, {
    hint: 'Destroy a broadcast variable when no job will use it any more; unpersist() only frees memory.',
  })
