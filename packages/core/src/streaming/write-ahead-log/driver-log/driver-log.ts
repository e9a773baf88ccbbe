import { readLog, type LogReport } from '../read-log.ts'
import { WriteAheadLog, type WriteAheadLogOptions } from '../write-ahead-log.ts'
import type { DriverEvent } from './driver-event.ts'
import { applyToDriver, initialDriver, type DriverState } from './driver-state.ts'
import { decodeEvent, encodeEvent } from './event-codec.ts'

export interface DriverLogOptions extends Omit<WriteAheadLogOptions, 'end'> {
  /** What a checkpoint has of the log: the state up to that record, which is included. Without it, from the beginning. */
  readonly snapshot?: { readonly state: DriverState; readonly sequence: number }
}

/** What was found when a driver's log was opened. */
export interface OpenedDriverLog {
  readonly log: DriverLog
  readonly report: LogReport
  /** Events that were folded: those behind the snapshot. */
  readonly folded: number
}

/**
 * The driver's log: a write-ahead log of events, and the state that they lead to. Each event is safe before it is applied, so the state never knows more than the log.
 *
 * @example
 * const options = { fileSystem: new MemoryFileSystem(), directory: '/log', clock: new ManualClock() }
 * const { log } = await DriverLog.open({ ...options, fence: await DirectoryFence.acquire(options) })
 * await log.record({ type: 'batchSubmitted', timeMs: 1000, outputs: 1, inputs: [] })
 * pendingBatches(log.state) // => [1000]
 */
export class DriverLog {
  readonly #log: WriteAheadLog
  #state: DriverState
  #sequence: number

  private constructor(log: WriteAheadLog, state: DriverState, sequence: number) {
    this.#log = log
    this.#state = state
    this.#sequence = sequence
  }

  /**
   * Folds what is there, and goes on behind it. The fence is held already: what the holder before has acknowledged is read, what it writes from now on is not.
   * @throws DStreamError FORMAT_TOO_NEW, DRIVER_EVENT_FORMAT, PAYLOAD_NOT_OPENED, DIRECTORY_FENCED, StorageError
   */
  static async open(options: DriverLogOptions): Promise<OpenedDriverLog> {
    let { state, sequence } = options.snapshot ?? { state: initialDriver, sequence: 0 }
    let folded = 0
    const report = await readLog({ ...options, after: sequence }, ({ handle, payload }) => {
      state = applyToDriver(state, decodeEvent(payload))
      sequence = handle.sequence
      folded++
    })
    const log = await WriteAheadLog.open({ ...options, end: report.end })
    return { log: new DriverLog(log, state, sequence), report, folded }
  }

  /** What the log leads to: everything that was recorded and is safe. */
  get state(): DriverState {
    return this.#state
  }

  /** For a checkpoint: the state, and the number of the last event in it. */
  snapshot(): { readonly state: DriverState; readonly sequence: number } {
    return { state: this.#state, sequence: this.#sequence }
  }

  /** Makes an event safe, then applies it; events are applied in the order of the calls. @throws DStreamError LOG_NOT_WRITTEN, DIRECTORY_FENCED */
  async record(event: DriverEvent): Promise<void> {
    const { sequence } = await this.#log.append(encodeEvent(event))
    this.#state = applyToDriver(this.#state, event)
    this.#sequence = sequence
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
