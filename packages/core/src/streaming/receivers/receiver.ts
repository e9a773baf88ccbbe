import { DStreamError } from '../../errors/dstream-error.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import type { BlockGenerator } from '../blocks/block-generator.ts'
import { manyOf } from './many.ts'
import type { Storable } from './many.ts'

/**
 * Where a receiver finds its supervisor while it runs. By a registered symbol, and not a private field or a table of this module, so that
 * nothing of it travels with a receiver.
 */
const supervisor: unique symbol = Symbol.for('dstream.receiver.supervisor') as never

/** What a running receiver asks of its supervisor. */
export interface ReceiverLink {
  readonly streamId: number
  /** Makes the blocks: receivers of this project that keep bytes as bytes add parts to it. */
  readonly generator: BlockGenerator
  readonly stopped: boolean
  readonly started: boolean
  storeOne(record: unknown): Promise<void>
  storeMany(many: Storable): Promise<void>
  restart(message: string, error: unknown, delayMs: number | undefined): void
  stop(message: string, error: unknown): void
  reportError(message: string, error: unknown): void
}

/** A record that is no array: those are taken for many records (see {@link Receiver.store}). */
type OneRecord<T> = T extends readonly unknown[] | Uint8Array ? never : T

/**
 * Brings data of your own source into a stream: extend it, implement `onStart` and `onStop`, and give what comes in to `store`. The instance
 * travels to a thread of its own: open connections in `onStart`, not in the constructor. It takes no task slot.
 *
 * An error never ends the program: what `onStart` throws, and the rejection of a promise it returns, restart the receiver after
 * `spark.streaming.receiverRestartDelay`.
 *
 * @see Spark's `org.apache.spark.streaming.receiver.Receiver`, and its guide to custom receivers
 * @example
 * class Ticks extends Receiver<number> {
 *   timer?: NodeJS.Timeout
 *   onStart() {
 *     this.timer = setInterval(() => this.store(Date.now()), 100)
 *   }
 *   onStop() {
 *     clearInterval(this.timer)
 *   }
 * }
 * ssc.receiverStream(new Ticks()).count().print()
 */
export abstract class Receiver<T> {
  /** How received blocks are kept. */
  readonly storageLevel: StorageLevel;
  declare [supervisor]: ReceiverLink | undefined

  constructor(storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2) {
    this.storageLevel = storageLevel
  }

  /** Starts receiving, and returns: it opens the connection or starts the loop. It may be async and be the loop itself. */
  abstract onStart(): void | Promise<void>

  /** Ends what `onStart` began. A promise is waited for. Called also when `onStart` has failed. */
  abstract onStop(): void | Promise<void>

  /** The host this receiver would like to run on; of no effect in one process. */
  preferredLocation(): string | undefined {
    return undefined
  }

  /**
   * Stores one record: it is put into the block of the present interval. Unreliable: what has not been handed on when the thread dies is lost.
   * The promise resolves when the receiver may go on (the rate limit, and room for blocks); who waits for it keeps memory bounded.
   */
  store(record: OneRecord<T>): Promise<void>
  /**
   * Stores many records, an array or an iterator, as one block. Reliable: the promise resolves once the block is stored (and in the log,
   * if the log is on), and rejects if it is not; acknowledge to the source after that.
   */
  store(records: readonly T[] | Iterator<T>): Promise<void>
  /** Stores lines of text as bytes, as one block, likewise. A half line at the end is a line. */
  store(this: Receiver<string>, lines: Uint8Array): Promise<void>
  store(what: unknown): Promise<void> {
    const many = manyOf(what)
    return many === undefined ? linkOf(this).storeOne(what) : linkOf(this).storeMany(many)
  }

  /** Stores one record that is an array (a pair) or bytes, which `store` would take for many. */
  storeOne(record: T): Promise<void> {
    return linkOf(this).storeOne(record)
  }

  /**
   * Stops the receiver, waits, and starts it again. Returns at once.
   * @param delayMs instead of `spark.streaming.receiverRestartDelay`
   */
  restart(message: string, error?: unknown, delayMs?: number): void {
    linkOf(this).restart(message, error, delayMs)
  }

  /** Stops the receiver for good. Returns at once. */
  stop(message: string, error?: unknown): void {
    linkOf(this).stop(message, error)
  }

  /** Reports a problem; the receiver goes on. */
  reportError(message: string, error?: unknown): void {
    linkOf(this).reportError(message, error)
  }

  /** The receiver has been started and not stopped since. */
  isStarted(): boolean {
    return this[supervisor]?.started ?? false
  }

  /** The receiver shall end what it does: it is being stopped or restarted. */
  isStopped(): boolean {
    return this[supervisor]?.stopped ?? false
  }

  /** The number of the input stream that this receiver feeds. */
  get streamId(): number {
    return linkOf(this).streamId
  }
}

/** The supervisor of a running receiver. */
export function linkOf(receiver: Receiver<never>): ReceiverLink {
  const link = receiver[supervisor]
  if (link !== undefined) return link
  throw new DStreamError(
    'RECEIVER_NOT_STARTED',
    'A ReceiverSupervisor has not been attached to the receiver yet. Maybe you are starting some computation in the receiver before the Receiver.onStart() has been called.',
    { hint: 'Begin in onStart(), not in the constructor.' },
  )
}

/** Makes a receiver talk to its supervisor. */
export function attach(receiver: Receiver<never>, link: ReceiverLink): void {
  Object.defineProperty(receiver, supervisor, { value: link, configurable: true, writable: true, enumerable: false })
}
