import { DStreamError } from '../../errors/dstream-error.ts'
import type { Block } from '../../rdd/plan/source-spec.ts'
import type { Cancel, Clock } from '../../time/clock.ts'

/** A block that waits for room. */
interface InLine {
  readonly block: Block
  readonly resolve: (stored: Promise<void>) => void
}

interface Waiting {
  readonly block: Block
  /** Nobody can send it again: what is refused is handed on again until the time for an answer is over. */
  readonly insist: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  readonly cancelTimeout: Cancel
  cancelRetry: Cancel
}

/** What was refused is handed on again after so long. */
const retryMs = 1000

export interface BlockQueueOptions {
  readonly clock: Clock
  /** Hands a block on; the answer comes as `stored(number)` or `refused(number, error)`. */
  readonly send: (number: number, block: Block) => void
  /** Blocks on their way at the same time: `spark.streaming.blockQueueSize`. */
  readonly size: number
  /** Bytes of blocks that may wait for room, beside one that alone is larger. */
  readonly waitingBytes: number
  /** How long the answer may take: `spark.streaming.receiver.blockStoreTimeout`. */
  readonly storeTimeoutMs: number
}

/**
 * The blocks that a receiver has handed on and that are not stored yet, at most `size`; and those that wait for room, in a line, at most `waitingBytes`. Who cuts
 * blocks asks `full` first, waits for `room()` and then pushes; a block that is there already is offered.
 */
export class BlockQueue {
  readonly #options: BlockQueueOptions
  readonly #waiting = new Map<number, Waiting>()
  readonly #line: InLine[] = []
  #lineBytes = 0
  #next = 0
  #paused = false
  #room: PromiseWithResolvers<void> | undefined
  #empty: PromiseWithResolvers<void> | undefined

  constructor(options: BlockQueueOptions) {
    this.#options = options
  }

  /** As many blocks as may be are on their way, or the driver has asked for a pause. */
  get full(): boolean {
    return this.#paused || this.#waiting.size >= this.#options.size || this.#line.length > 0
  }

  /** Resolves when the queue is not full. */
  room(): Promise<void> {
    if (!this.full) return resolved
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  /**
   * Hands a block on when there is room; until then it waits, however long a pause lasts. Resolves once it is stored.
   * @throws DStreamError `BLOCK_NOT_STORED` also when too much waits: somebody offers blocks without waiting for the answers
   */
  offer(block: Block): Promise<void> {
    if (!this.full) return this.push(block)
    const bytes = this.#lineBytes + block.bytes.length
    if (this.#line.length > 0 && bytes > this.#options.waitingBytes)
      return Promise.reject(notStored(`${this.#line.length} blocks wait already, of ${this.#lineBytes} bytes`))
    this.#lineBytes = bytes
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#line.push({ block, resolve })
    return promise
  }

  /**
   * Hands a block on. Resolves once it is stored.
   *
   * @param insist hand it on again when it is refused (a full disk, for a while), as long as an answer may take
   * @throws DStreamError `BLOCK_NOT_STORED` when the driver refuses it or does not answer in time
   */
  push(block: Block, insist = false): Promise<void> {
    const number = this.#next++
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const { clock, storeTimeoutMs } = this.#options
    const cancelTimeout = clock.after(storeTimeoutMs, () =>
      this.#reject(number, `no answer within ${storeTimeoutMs} ms`),
    )
    this.#waiting.set(number, { block, insist, resolve, reject, cancelTimeout, cancelRetry: () => {} })
    this.#options.send(number, block)
    return promise
  }

  stored(number: number): void {
    this.#settle(number, waiting => waiting.resolve())
  }

  refused(number: number, why: unknown): void {
    const waiting = this.#waiting.get(number)
    if (waiting?.insist !== true) return this.#reject(number, why)
    waiting.cancelRetry = this.#options.clock.after(retryMs, () => this.#options.send(number, waiting.block))
  }

  #reject(number: number, why: unknown): void {
    this.#settle(number, waiting => waiting.reject(notStored(why)))
  }

  /** The driver has more unprocessed data than it wants: nothing is handed on until it says so. */
  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#tellRoom()
  }

  /** Resolves when every block that was handed on has its answer. */
  empty(): Promise<void> {
    if (this.#isEmpty) return resolved
    this.#empty ??= Promise.withResolvers()
    return this.#empty.promise
  }

  #settle(number: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(number)
    if (waiting === undefined) return
    this.#waiting.delete(number)
    waiting.cancelTimeout()
    waiting.cancelRetry()
    how(waiting)
    this.#tellRoom()
    if (!this.#isEmpty) return
    this.#empty?.resolve()
    this.#empty = undefined
  }

  get #isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#line.length === 0
  }

  #tellRoom(): void {
    while (this.#line.length > 0 && !this.#paused && this.#waiting.size < this.#options.size) {
      const { block, resolve } = this.#line.shift()!
      this.#lineBytes -= block.bytes.length
      resolve(this.push(block))
    }
    if (this.full) return
    this.#room?.resolve()
    this.#room = undefined
  }
}

const resolved = Promise.resolve()

const notStored = (why: unknown): DStreamError =>
  new DStreamError('BLOCK_NOT_STORED', `A received block could not be stored: ${textOf(why)}`, {
    cause: why,
    hint: 'A reliable receiver does not acknowledge it to its source, which then sends it again.',
  })

const textOf = (why: unknown): string => (why instanceof Error ? why.message : String(why))
