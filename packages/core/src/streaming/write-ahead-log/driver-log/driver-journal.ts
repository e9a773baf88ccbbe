import { DirectoryFencedError } from '../../../storage/fence/fence-errors.ts'
import type { Logger } from '../../../logging/index.ts'
import { oncePer } from '../../../logging/once-per.ts'
import type { Cancel, Clock } from '../../../time/clock.ts'
import { logClosed } from '../log-errors.ts'
import type { DriverEvent } from './driver-event.ts'
import type { DriverLog } from './driver-log.ts'
import { checkEvent } from './event-codec.ts'

export interface DriverJournalOptions {
  readonly log: Pick<DriverLog, 'record'>
  readonly directory: string
  readonly clock: Clock
  readonly logger: Logger
  /** How long to wait before what could not be written is tried again. Default 1,000 ms. */
  readonly retryMs?: number
  /** `…driver.writeAheadLog.allowBatching`: what waits is written together. Default true. */
  readonly groupCommit?: boolean
  /** Another process has taken over: nothing is written any more. */
  readonly onFenced: (error: DirectoryFencedError) => void
}

interface Waiting extends PromiseWithResolvers<void> {
  readonly event: DriverEvent
  /** Given up where it cannot be written at once. */
  readonly once: boolean
}

/**
 * Brings events into the driver's log in the order in which they are given, whatever goes wrong: what comes while a write is under way is written
 * together after it, and a write that fails is tried again, before anything that came later, until it succeeds. So a disk that is full for a while
 * holds a program up and loses nothing. An event that no log could hold is refused when it is given: tried again, it would hold up all others for ever.
 *
 * Invariants, held by driver-journal.test.ts:
 * 1. the log has the events in the order of the calls, each once;
 * 2. a promise that has resolved stands for an event that is safe, and for all before it but those that were given up;
 * 3. an event that was given up (`try`) is not in the log.
 */
export class DriverJournal {
  readonly #options: DriverJournalOptions
  readonly #failures
  #waiting: Waiting[] = []
  #writing = false
  #cancelRetry: Cancel = () => {}
  #ended: Error | undefined

  constructor(options: DriverJournalOptions) {
    this.#options = options
    this.#failures = oncePer((text, count) => options.logger.error(`${text} (attempt ${count}); it is tried again`))
  }

  /** Resolves when the event is safe, however long it takes. @throws DStreamError DIRECTORY_FENCED, LOG_CLOSED, DRIVER_EVENT_FORMAT */
  record(event: DriverEvent): Promise<void> {
    return this.#add(event, false)
  }

  /** As `record`, but given up where the log cannot be written now. @throws DStreamError also LOG_NOT_WRITTEN */
  try(event: DriverEvent): Promise<void> {
    return this.#add(event, true)
  }

  /** Writes what waits, once, and ends; what cannot be written is rejected. */
  async close(): Promise<void> {
    this.#ended ??= logClosed(this.#options.directory)
    this.#cancelRetry()
    const last = this.#waiting.map(({ promise }) => promise.catch(() => undefined))
    if (!this.#writing) void this.#writeAll()
    await Promise.all(last)
  }

  #add(event: DriverEvent, once: boolean): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    try {
      checkEvent(event)
    } catch (error) {
      return Promise.reject(error as Error)
    }
    const waiting = { ...Promise.withResolvers<void>(), event, once }
    this.#waiting.push(waiting)
    if (!this.#writing) void this.#writeAll()
    return waiting.promise
  }

  async #writeAll(): Promise<void> {
    this.#writing = true
    // What is recorded in the same turn goes together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#options.groupCommit === false ? 1 : Infinity)
      try {
        await this.#options.log.record(group.map(({ event }) => event))
        for (const { resolve } of group) resolve()
      } catch (error) {
        if (!(await this.#failed(group, error))) break
      }
    }
    this.#writing = false
  }

  /** Resolves when it is time to try again what is to be tried again; to false when that is never. */
  async #failed(group: readonly Waiting[], error: unknown): Promise<boolean> {
    const fenced = error instanceof DirectoryFencedError
    if (fenced) this.#ended ??= error
    const again = group.filter(({ once }) => !once && this.#ended === undefined)
    for (const waiting of group) if (!again.includes(waiting)) waiting.reject(error)
    this.#waiting = [...again, ...this.#waiting]
    if (fenced) {
      for (const { reject } of this.#waiting.splice(0)) reject(error)
      this.#options.onFenced(error)
      return false
    }
    if (again.length > 0) await this.#pause(error)
    return true
  }

  #pause(error: unknown): Promise<void> {
    const { clock, retryMs = 1000 } = this.#options
    this.#failures.add(`The driver’s log cannot be written, so no batch begins: ${textOf(error)}`)
    return new Promise(resolve => {
      const cancel = clock.after(retryMs, resolve)
      this.#cancelRetry = () => {
        cancel()
        resolve()
      }
    })
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
