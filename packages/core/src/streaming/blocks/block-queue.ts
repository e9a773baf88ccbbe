import { DStreamError } from '../../errors/dstream-error.ts'
import type { Block } from '../../rdd/plan/source-spec.ts'
import type { Cancel, Clock } from '../../time/clock.ts'

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  readonly cancelTimeout: Cancel
}

export interface BlockQueueOptions {
  readonly clock: Clock
  /** Hands a block on; the answer comes as `stored(number)` or `refused(number, error)`. */
  readonly send: (number: number, block: Block) => void
  /** Blocks on their way at the same time: `spark.streaming.blockQueueSize`. */
  readonly size: number
  /** How long the answer may take: `spark.streaming.receiver.blockStoreTimeout`. */
  readonly storeTimeoutMs: number
}

/**
 * The blocks that a receiver has handed on and that are not stored yet. It never refuses a block; who makes blocks asks `full` first
 * and waits for `room()`.
 */
export class BlockQueue {
  readonly #options: BlockQueueOptions
  readonly #waiting = new Map<number, Waiting>()
  #next = 0
  #paused = false
  #room: PromiseWithResolvers<void> | undefined
  #empty: PromiseWithResolvers<void> | undefined

  constructor(options: BlockQueueOptions) {
    this.#options = options
  }

  /** As many blocks as may be are on their way, or the driver has asked for a pause. */
  get full(): boolean {
    return this.#paused || this.#waiting.size >= this.#options.size
  }

  /** Resolves when the queue is not full. */
  room(): Promise<void> {
    if (!this.full) return resolved
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  /**
   * Hands a block on. Resolves once it is stored.
   * @throws DStreamError `BLOCK_NOT_STORED` when the driver refuses it or does not answer in time
   */
  push(block: Block): Promise<void> {
    const number = this.#next++
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const { clock, storeTimeoutMs } = this.#options
    const cancelTimeout = clock.after(storeTimeoutMs, () =>
      this.refused(number, `no answer within ${storeTimeoutMs} ms`),
    )
    this.#waiting.set(number, { resolve, reject, cancelTimeout })
    this.#options.send(number, block)
    return promise
  }

  stored(number: number): void {
    this.#settle(number, waiting => waiting.resolve())
  }

  refused(number: number, why: unknown): void {
    const hint = 'A reliable receiver does not acknowledge it to its source, which then sends it again.'
    this.#settle(number, waiting =>
      waiting.reject(
        new DStreamError('BLOCK_NOT_STORED', `A received block could not be stored: ${textOf(why)}`, {
          cause: why,
          hint,
        }),
      ),
    )
  }

  /** The driver has more unprocessed data than it wants: nothing is handed on until it says so. */
  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#tellRoom()
  }

  /** Resolves when every block that was handed on has its answer. */
  empty(): Promise<void> {
    if (this.#waiting.size === 0) return resolved
    this.#empty ??= Promise.withResolvers()
    return this.#empty.promise
  }

  #settle(number: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(number)
    if (waiting === undefined) return
    this.#waiting.delete(number)
    waiting.cancelTimeout()
    how(waiting)
    this.#tellRoom()
    if (this.#waiting.size > 0) return
    this.#empty?.resolve()
    this.#empty = undefined
  }

  #tellRoom(): void {
    if (this.full) return
    this.#room?.resolve()
    this.#room = undefined
  }
}

const resolved = Promise.resolve()

const textOf = (why: unknown): string => (why instanceof Error ? why.message : String(why))
