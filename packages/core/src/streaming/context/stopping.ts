import type { Logger } from '../../logging/index.ts'
import type { Cancel, Clock } from '../../time/index.ts'
import { StateMachine } from '../state-machine.ts'
import { initialStop, stepStop } from './stop-steps.ts'
import type { StopCommand, StopEvent, StopPart, StopState, StopTimer } from './stop-steps.ts'

/** What a stop ends. A promise resolves when it has ended. */
export interface StopEffects {
  /** Gracefully: what they have received is stored first. */
  stopReceivers(graceful: boolean): Promise<unknown>
  /** Runs every batch that is due, and one more for what was received since. */
  drain(): Promise<unknown>
  /** Begins no batch and no output operation any more. Resolves when those that run have ended. */
  halt(): Promise<unknown>
  stopInputs(): Promise<unknown>
  /** Writes down where the program is, gracefully with the newest state, and then nothing more. */
  save(graceful: boolean): Promise<unknown>
  /** Writes nothing more, whatever `save` is still doing. */
  giveUpSaving(): void
  /** Cancels what runs. */
  cancelJobs(): void
}

export interface StoppingParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly effects: StopEffects
  /** How long a graceful stop may take: `spark.streaming.gracefulStopTimeout`. */
  readonly gracefulMs: number
}

/** How long output operations that run may go on after a stop that is not graceful, and how long writing down where the program is may take then. */
const lastMomentMs = 2000

/**
 * The shell of the state machine in stop-steps.ts: ends a run, once. A stop takes no longer than its timers allow: `gracefulMs` if it is graceful, and two last
 * moments.
 */
export class Stopping {
  readonly #parts: StoppingParts
  readonly #timers = new Map<StopTimer, Cancel>()
  readonly #over = Promise.withResolvers<boolean>()
  readonly #machine = new StateMachine<StopState, StopEvent, StopCommand>(
    initialStop,
    (state, event) => this.#step(state, event),
    command => this.#perform(command),
  )
  #failure: { readonly error: unknown } | undefined

  constructor(parts: StoppingParts) {
    this.#parts = parts
    // Who asked is told; a stop that nobody waits for is no unhandled rejection.
    this.#over.promise.catch(() => {})
  }

  /**
   * Ends everything; asked again not gracefully, cuts a graceful stop short. Resolves, with the first call, at the end: to true if everything ran that was to run.
   * Rejects with the first failure, also at the end.
   */
  stop(graceful: boolean): Promise<boolean> {
    this.#machine.handle({ type: 'stop', graceful })
    return this.#over.promise
  }

  /** As stepStop; tells the log which phase comes. */
  #step(before: StopState, event: StopEvent): ReturnType<typeof stepStop> {
    const step = stepStop(before, event)
    const [{ phase }] = step
    if (phase !== before.phase) this.#parts.logger.debug(() => `Stop: ${phase}`)
    return step
  }

  #perform(command: StopCommand): void {
    const { effects } = this.#parts
    switch (command.type) {
      case 'stopReceivers':
        return this.#run('receivers', () => effects.stopReceivers(command.graceful))
      case 'drain':
        return this.#run('batches', () => effects.drain())
      case 'halt':
        return this.#run('outputs', () => effects.halt())
      case 'stopInputs':
        return this.#run('inputs', () => effects.stopInputs())
      case 'save':
        return this.#run('save', () => effects.save(command.graceful))
      case 'giveUpSaving':
        return effects.giveUpSaving()
      case 'cancelJobs':
        return effects.cancelJobs()
      case 'startTimer':
        return this.#startTimer(command.timer)
      case 'tellLate':
        return this.#tellLate(command.timer, command.waitsFor)
      case 'end':
        return this.#end(command.graceful)
    }
  }

  /** Once something has failed it has ended: the stop goes on, and is told to have failed at its end. */
  #run(part: StopPart, begin: () => Promise<unknown>): void {
    const failed = (error: unknown): void => {
      this.#parts.logger.error(`Stop: ${nameOf[part]} could not be ended`, error)
      this.#failure ??= { error }
    }
    const ended = (): void => this.#machine.handle({ type: 'ended', part })
    try {
      begin().catch(failed).then(ended, ended)
    } catch (error) {
      failed(error)
      ended()
    }
  }

  #startTimer(timer: StopTimer): void {
    const { clock } = this.#parts
    this.#timers.get(timer)?.()
    const over = (): void => this.#machine.handle({ type: 'timeOver', timer })
    this.#timers.set(timer, clock.after(this.#ms(timer), over))
  }

  #ms(timer: StopTimer): number {
    const { gracefulMs } = this.#parts
    return timer === 'deadline' ? gracefulMs : timer === 'receivers' ? Math.floor(gracefulMs / 2) : lastMomentMs
  }

  #tellLate(timer: StopTimer, waitsFor: readonly StopPart[]): void {
    const { logger, gracefulMs } = this.#parts
    const what = waitsFor.map(part => nameOf[part]).join(', ')
    if (timer === 'deadline')
      logger.warn(`Timed out while stopping the job generator (timeout = ${gracefulMs} ms): ${what} had not ended`)
    else logger.warn(`Stop: ${what} had not ended within ${this.#ms(timer)} ms`)
  }

  #end(graceful: boolean): void {
    for (const cancel of this.#timers.values()) cancel()
    if (this.#failure === undefined) this.#over.resolve(graceful)
    else this.#over.reject(this.#failure.error)
  }
}

const nameOf: Readonly<Record<StopPart, string>> = {
  receivers: 'receivers',
  batches: 'batches',
  inputs: 'input streams',
  outputs: 'output operations',
  save: 'the last checkpoint',
}
