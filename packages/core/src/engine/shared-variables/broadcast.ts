import { callSite } from '../../closures/call-site.ts'
import { registerHandles, travelsAs, type Handle } from '../../closures/protocol.ts'
import { broadcastDestroyed, broadcastTable } from './broadcast-table.ts'

/** What a broadcast variable does with the engine that runs the tasks. */
export interface BroadcastMeans {
  release(key: string, destroyed?: string): void
}

/**
 * A value that every task can read and that reaches every worker once: a lookup table, a model. A task function that captures it carries only its
 * number; the value is encoded once, into shared memory, and decoded once in each worker, when a task there asks for it first. All tasks of a
 * worker are given the same object: do not change it.
 *
 * A restart from a checkpoint alone has the value (in Spark it has not), up to 1 MB: larger ones a stream makes lazily, in `foreachRDD` or `transform`.
 *
 * @see guide, "Accumulators, broadcast variables, and checkpoints"; Spark's Broadcast
 * @example
 * const stopWords = sc.broadcast(new Set(['a', 'the']))
 * await sc.parallelize(['a', 'cat']).filter(word => !stopWords.value.has(word)).collect() // => ['cat']
 */
export class Broadcast<T> {
  /** 0 for the first one of the context. */
  readonly id: number
  readonly #key: string
  readonly #means: BroadcastMeans
  #content: { readonly value: T } | undefined
  #destroyed = ''

  /** @internal `sc.broadcast(value)` makes them. */
  constructor(value: T, id: number, key: string, means: BroadcastMeans) {
    this.id = id
    this.#content = { value }
    this.#key = key
    this.#means = means
  }

  /** @throws DStreamError BROADCAST_DESTROYED */
  get value(): T {
    return this.#alive().value
  }

  /** Frees what workers have decoded; the next task that asks decodes it again. */
  unpersist(): void {
    this.#alive()
    this.#means.release(this.#key)
  }

  /** Frees it for good, in the driver and in all workers. Using it afterwards is an error, in tasks too. */
  async destroy(): Promise<void> {
    this.#alive()
    this.#destroyed = callSite()
    this.#content = undefined
    this.#means.release(this.#key, this.#destroyed)
  }

  toString(): string {
    return `Broadcast(${this.id})`
  }

  [travelsAs](): Handle {
    this.#alive()
    return { name: 'broadcast', data: [this.#key] }
  }

  #alive(): { readonly value: T } {
    if (this.#content === undefined) throw broadcastDestroyed(String(this), this.#destroyed)
    return this.#content
  }
}

/** What a task has instead. */
class BroadcastInTask {
  readonly id: number
  readonly #key: string
  #entry: { readonly value: unknown } | undefined

  constructor(key: string) {
    this.#key = key
    this.id = Number(key.slice(key.lastIndexOf('/') + 1))
  }

  get value(): unknown {
    return (this.#entry ??= broadcastTable.entry(this.#key)).value
  }

  toString(): string {
    return `Broadcast(${this.id})`
  }

  [travelsAs](): Handle {
    return { name: 'broadcast', data: [this.#key] }
  }
}

registerHandles({ broadcast: (key: string) => new BroadcastInTask(key) })
