import type { Clock } from '../../time/index.ts'

/**
 * What `awaitTermination` waits for: the stop, or the first error. An error stays: whoever asks later is told too, also after the stop.
 *
 * @see Spark's `ContextWaiter`
 */
export class Termination {
  #failure: { readonly error: unknown } | undefined
  #stopped = false
  readonly #waiters = new Set<() => void>()

  /** Only the first error counts. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake()
  }

  stop(): void {
    this.#stopped = true
    this.#wake()
  }

  /** Resolves on stop. Rejects with the first error. */
  async wait(): Promise<void> {
    if (!this.#over()) await new Promise<void>(resolve => this.#waiters.add(resolve))
    this.#rethrow()
  }

  /** Whether it stopped within so many milliseconds. Rejects with the first error. */
  async waitFor(ms: number, clock: Clock): Promise<boolean> {
    if (!this.#over()) {
      await new Promise<void>(resolve => {
        const settle = (): void => {
          cancel()
          this.#waiters.delete(settle)
          resolve()
        }
        const cancel = clock.after(ms, settle)
        this.#waiters.add(settle)
      })
    }
    this.#rethrow()
    return this.#stopped
  }

  #over(): boolean {
    return this.#stopped || this.#failure !== undefined
  }

  #rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter()
    this.#waiters.clear()
  }
}
