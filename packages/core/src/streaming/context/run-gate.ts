/** Whether batches may be begun: not before the inputs are ready, and never again once the run is cut. */
export class RunGate {
  #starting: Promise<unknown> | undefined
  #cut = false

  /** What batches wait for now; it does not reject. */
  get starting(): Promise<unknown> | undefined {
    return this.#starting
  }

  /** Nothing may be begun any more. */
  get isCut(): boolean {
    return this.#cut
  }

  /** Batches wait until this has resolved. */
  waitFor(starting: Promise<unknown>): void {
    this.#starting = starting.finally(() => (this.#starting = undefined))
  }

  cut(): void {
    this.#cut = true
  }
}
