import type { Cancel, Clock } from '../../time/index.ts'
import { StateMachine } from '../state-machine.ts'
import { initialGenerator, isIdle, stepGenerator } from './generator.ts'
import type { GeneratorCommand, GeneratorEvent, GeneratorState } from './generator.ts'

/** What the generator makes happen. */
export interface GeneratorEffects {
  /** What has been received belongs to this batch. */
  allocate(timeMs: number): void
  /** Plans a batch and submits its jobs, at once or after waiting; true when there are jobs. A failure is dealt with inside. */
  generate(timeMs: number): boolean | Promise<boolean>
  /** Every batch that was due has been completed, after `drain`. */
  drained(): void
  /** The clock has gone back: the batch that is next waits until it gets there again. */
  waitsForClock?(nextBatchMs: number, waitMs: number): void
}

/** How much later than its time a batch may become due before the clock is looked at. */
const lateMs = 1000

/**
 * The shell of the generator's state machine: turns the clock into events and commands into effects.
 */
export class BatchGenerator {
  readonly #clock: Clock
  readonly #effects: GeneratorEffects
  readonly #machine: StateMachine<GeneratorState, GeneratorEvent, GeneratorCommand>
  readonly #idleWaiters: (() => void)[] = []
  #cancelWake: Cancel = () => {}

  constructor(clock: Clock, periodMs: number, maxInFlight: number, effects: GeneratorEffects) {
    this.#clock = clock
    this.#effects = effects
    const perform = (command: GeneratorCommand): void => this.#perform(command)
    this.#machine = new StateMachine(initialGenerator(periodMs, maxInFlight), stepGenerator, perform)
  }

  /** The first batch is the one of `firstMs`; after a restart come those first that are due already, see `GeneratorEvent`. */
  start(firstMs: number, before: Omit<GeneratorEvent & { type: 'started' }, 'type' | 'firstMs'> = {}): void {
    this.#handle({ type: 'started', firstMs, ...before })
  }

  /** A batch that was submitted has run and is cleaned up. */
  completed(): void {
    this.#handle({ type: 'completed' })
  }

  /** Works off the batches that are due, then calls `effects.drained`. */
  drain(oneMoreTick: boolean): void {
    this.#handle({ type: 'drain', oneMoreTick })
  }

  /** No batch is begun any more. */
  stop(): void {
    this.#handle({ type: 'stop' })
  }

  get phase(): GeneratorState['phase'] {
    return this.#machine.state.phase
  }

  /** The next batch time to become due. */
  get tickMs(): number {
    return this.#machine.state.tickMs
  }

  /** Resolves when nothing is due, planned or running. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve()
    return new Promise(resolve => this.#idleWaiters.push(resolve))
  }

  #isIdle(): boolean {
    return !this.#machine.isHandling && isIdle(this.#machine.state, this.#clock.now())
  }

  #handle(event: GeneratorEvent): void {
    this.#machine.handle(event)
    if (this.#idleWaiters.length > 0 && this.#isIdle()) for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  #perform(command: GeneratorCommand): void {
    switch (command.type) {
      case 'wakeAt':
        return this.#wakeAt(command.timeMs)
      case 'cancelWake':
        this.#cancelWake()
        return
      case 'allocate':
        this.#effects.allocate(command.timeMs)
        return
      case 'generate': {
        const submitted = this.#effects.generate(command.timeMs)
        // An empty batch is over as soon as it is planned.
        if (typeof submitted === 'boolean') this.#handle({ type: 'generated', submitted })
        else void submitted.then(submitted => this.#handle({ type: 'generated', submitted }))
        return
      }
      case 'drained':
        this.#effects.drained()
    }
  }

  #wakeAt(timeMs: number): void {
    const waitMs = Math.max(0, timeMs - this.#clock.now())
    const look = (): void => {
      this.#cancelWake()
      this.#handle({ type: 'clock', nowMs: this.#clock.now() })
    }
    const cancelWake = this.#clock.at(timeMs, look)
    const cancelLate = this.#clock.after(waitMs + lateMs, () => {
      const leftMs = timeMs - this.#clock.now()
      if (leftMs > 0) this.#effects.waitsForClock?.(timeMs, leftMs)
      else look()
    })
    this.#cancelWake = () => {
      cancelWake()
      cancelLate()
    }
  }
}
