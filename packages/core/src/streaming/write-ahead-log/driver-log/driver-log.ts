import type { Clock } from '../../../time/clock.ts'
import { readLog, type LogReport } from '../read-log.ts'
import { WriteAheadLog, type WriteAheadLogOptions } from '../write-ahead-log.ts'
import type { DriverEvent } from './driver-event.ts'
import { applyToOwnDriver, initialDriver, ownDriver, type DriverState } from './driver-state.ts'
import { decodeEvents, encodeEvents } from './event-codec.ts'

export type DriverLogOptions = Omit<WriteAheadLogOptions, 'end'>

/** A state, and the number of the last record of the log that is in it: what a checkpoint has of the log. */
export interface DriverSnapshot {
  readonly state: DriverState
  readonly sequence: number
}

/** What was found in a driver's log. */
export interface ReadDriverLog extends DriverSnapshot {
  readonly report: LogReport
}

/**
 * The driver's log: a write-ahead log of events, and the state that they lead to. Each event is safe before it is applied, so the state never knows more than the log.
 *
 * @example
 * const options = { fileSystem: new MemoryFileSystem(), directory: '/log', clock: new ManualClock() }
 * const found = await DriverLog.read(options)
 * const log = await DriverLog.open({ ...options, fence: await DirectoryFence.acquire(options) }, found)
 * await log.record([{ type: 'batchSubmitted', timeMs: 1000, outputs: 1, records: 0 }])
 * pendingBatches(log.state) // => [1000]
 */
export class DriverLog {
  readonly #log: WriteAheadLog
  readonly #clock: Clock
  #state: DriverState
  /** Somebody else may have the state: the next event is applied to a copy. */
  #isGiven = true
  #sequence: number
  /** When the write began that is under way. */
  #writingMs: number | undefined

  private constructor(log: WriteAheadLog, clock: Clock, { state, sequence }: DriverSnapshot) {
    this.#log = log
    this.#clock = clock
    this.#state = state
    this.#sequence = sequence
  }

  /**
   * Folds what is there, on top of what a checkpoint has. To go on writing, acquire the fence before: what the holder before has acknowledged is read, what it writes from then
   * on does not count.
   *
   * Events of clean-ups are passed over: a checkpoint that is not the newest may need what they have let go, and a live program lets it go again.
   * @throws DStreamError FORMAT_TOO_NEW, DRIVER_EVENT_FORMAT, PAYLOAD_NOT_OPENED, StorageError
   */
  static async read(
    options: Pick<DriverLogOptions, 'fileSystem' | 'directory' | 'cipher' | 'implementation'>,
    snapshot: DriverSnapshot = { state: initialDriver, sequence: 0 },
  ): Promise<ReadDriverLog> {
    let { sequence } = snapshot
    let state = ownDriver(snapshot.state)
    const report = await readLog({ ...options, after: sequence }, ({ handle, payload }) => {
      const events = decodeEvents(payload).filter(event => event.type !== 'batchesCleaned')
      state = applyToOwnDriver(state, events)
      sequence = handle.sequence
    })
    return { state, sequence, report }
  }

  /** Goes on behind what was read, with the state that it led to or another. @throws DStreamError DIRECTORY_FENCED, StorageError */
  static async open(options: DriverLogOptions, { state, sequence, report }: ReadDriverLog): Promise<DriverLog> {
    const log = await WriteAheadLog.open({ ...options, end: report.end })
    return new DriverLog(log, options.clock, { state, sequence })
  }

  /** What the log leads to: everything that was recorded and is safe. */
  get state(): DriverState {
    this.#isGiven = true
    return this.#state
  }

  /** For a checkpoint. */
  snapshot(): DriverSnapshot {
    return { state: this.state, sequence: this.#sequence }
  }

  /** Makes events safe, all of them together, then applies them. One call after the other. @throws DStreamError LOG_NOT_WRITTEN, DIRECTORY_FENCED */
  async record(events: readonly DriverEvent[]): Promise<void> {
    this.#writingMs = this.#clock.now()
    try {
      const { sequence } = await this.#log.append(encodeEvents(events))
      const own = this.#isGiven ? ownDriver(this.#state) : this.#state
      this.#isGiven = false
      this.#state = applyToOwnDriver(own, events)
      this.#sequence = sequence
    } finally {
      this.#writingMs = undefined
    }
  }

  /** Everything that was recorded before is in the state now. */
  get upToMs(): number {
    return Math.min(this.#writingMs ?? Infinity, this.#clock.now())
  }

  /** Removes files of which every event was recorded before: for who has a checkpoint of a later state. */
  clean(thresholdMs: number): Promise<number> {
    return this.#log.clean(thresholdMs)
  }

  /** Writes what waits, and ends. */
  close(): Promise<void> {
    return this.#log.close()
  }
}
