import type { Block } from '../../rdd/plan/source-spec.ts'
import type { Cancel, Clock } from '../../time/clock.ts'
import { Milliseconds } from '../../time/duration.ts'
import { firstTick } from '../../time/recurring.ts'
import { Time } from '../../time/time.ts'
import { Allowance } from './allowance.ts'
import type { BlockQueue } from './block-queue.ts'

/** Something that collects records and gives them out as the content of a block. */
export interface BlockPart {
  /** How many records wait. */
  readonly records: number
  /** How many bytes wait, as far as known. */
  readonly bytes: number
  /** The first `most` records (all, if there are no more); undefined if there is none. */
  take(most: number): Omit<Block, 'id'> | undefined
}

export interface BlockGeneratorOptions {
  readonly clock: Clock
  readonly streamId: number
  readonly queue: BlockQueue
  readonly blockIntervalMs: number
  /** A block of bytes is cut when it is this large, also before its interval is over. */
  readonly maxBlockBytes: number
  /** Undefined: no limit. */
  readonly maxRatePerSecond: number | undefined
  /** Told when a block that nobody waits for was not stored. */
  readonly onLostBlock: (error: unknown) => void
}

/** Waiting records without a rate limit: with so many a block is cut; where it cannot be, `room()` is waited for. */
const mostRecords = 100_000

/**
 * Cuts what a receiver stores into blocks: at the multiples of the block interval, when a block is large (in bytes or records), and at the end. No more records
 * go into the blocks of an interval than the rate allows; the rest waits. With a full queue, blocks wait and grow.
 *
 * No timer runs while there is nothing to cut.
 *
 * @see Spark's `BlockGenerator`
 */
export class BlockGenerator {
  readonly #options: BlockGeneratorOptions
  readonly #parts: BlockPart[] = []
  readonly #allowance: Allowance
  readonly #idPrefix: string
  #blocks = 0
  #cancelCut: Cancel | undefined
  #waitsForQueue = false
  /** Something was stored since this was set to false. */
  used = false
  #room: PromiseWithResolvers<void> | undefined

  constructor(options: BlockGeneratorOptions) {
    const { clock, maxRatePerSecond, blockIntervalMs, streamId } = options
    this.#options = options
    this.#allowance = new Allowance(maxRatePerSecond ?? Infinity, blockIntervalMs, clock.elapsed())
    // The time keeps ids apart from those of a thread that ran before this one.
    this.#idPrefix = `input-${streamId}-${clock.now()}`
  }

  addPart(part: BlockPart): void {
    this.#parts.push(part)
  }

  removePart(part: BlockPart): void {
    const at = this.#parts.indexOf(part)
    if (at >= 0) this.#parts.splice(at, 1)
  }

  /** A part has more. */
  added(part: BlockPart): void {
    if (part.records === 0) return
    this.used = true
    // Without a rate limit nobody who reads shall wait for a timer, not even where records are so short that their number fills it.
    const isLarge = part.bytes >= this.#options.maxBlockBytes || (this.ratePerSecond === Infinity && this.full)
    if (isLarge) this.#cut()
    else this.#cutLater()
  }

  /** More waits than should: who stores waits for `room()`, who reads stops reading. */
  get full(): boolean {
    let records = 0
    let bytes = 0
    for (const part of this.#parts) {
      records += part.records
      bytes += part.bytes
    }
    const limit = this.#allowance.ratePerSecond === Infinity ? mostRecords : this.#allowance.perInterval
    return records >= limit || bytes >= this.#options.maxBlockBytes
  }

  /** Resolves when it is not full. */
  room(): Promise<void> {
    if (!this.full) return resolved
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  /** A new rate limit, in records a second; 0 and below is none. */
  updateRate(ratePerSecond: number): void {
    this.#allowance.setRate(ratePerSecond, this.#options.clock.elapsed())
  }

  get ratePerSecond(): number {
    return this.#allowance.ratePerSecond
  }

  /** A block that is stored by itself, when there is room for it. Resolves once it is stored, and rejects if it is not. */
  store(content: Omit<Block, 'id'>): Promise<void> {
    this.used = true
    return this.#options.queue.offer(this.#named(content))
  }

  /** Cuts what waits, without regard to rate and queue: at the end nothing is left behind. */
  flush(): void {
    this.#cancelCut?.()
    this.#cancelCut = undefined
    for (const part of this.#parts) {
      for (let content = part.take(Infinity); content !== undefined; content = part.take(Infinity)) this.#push(content)
    }
    this.#tellRoom()
  }

  #cutLater(): void {
    if (this.#cancelCut !== undefined || this.#waitsForQueue) return
    const { clock, blockIntervalMs } = this.#options
    const nowMs = clock.now()
    const cut = firstTick(new Time(nowMs), Milliseconds(blockIntervalMs))
    // An interval at most, also where the clock goes back meanwhile.
    this.#cancelCut = clock.after(cut.milliseconds - nowMs, () => {
      this.#cancelCut = undefined
      this.#cut()
    })
  }

  #cut(): void {
    const { queue } = this.#options
    for (const part of this.#parts) {
      if (queue.full) return this.#cutWithRoom()
      const allowed = this.#allowance.take(part.records, this.#options.clock.elapsed())
      const content = allowed === 0 ? undefined : part.take(allowed)
      if (content !== undefined) this.#push(content)
    }
    this.#tellRoom()
    if (this.#parts.some(part => part.records > 0)) this.#cutLater()
  }

  #cutWithRoom(): void {
    if (this.#waitsForQueue) return
    this.#waitsForQueue = true
    void this.#options.queue.room().then(() => {
      this.#waitsForQueue = false
      this.#cut()
    })
  }

  #push(content: Omit<Block, 'id'>): void {
    this.#options.queue.push(this.#named(content), true).catch(this.#options.onLostBlock)
  }

  #named(content: Omit<Block, 'id'>): Block {
    return { id: `${this.#idPrefix}-${this.#blocks++}`, ...content }
  }

  #tellRoom(): void {
    if (this.full) return
    this.#room?.resolve()
    this.#room = undefined
  }
}

const resolved = Promise.resolve()
