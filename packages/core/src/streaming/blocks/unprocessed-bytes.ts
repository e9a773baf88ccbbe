/** How many received bytes wait to be processed: those of no batch yet, and those of batches that are not completed. */
export class UnprocessedBytes {
  readonly #ofBatches = new Map<number, number>()
  #unallocated = 0

  /** What is bounded, so that receivers wait when batches cannot keep up. */
  get bytes(): number {
    let sum = this.#unallocated
    for (const ofBatch of this.#ofBatches.values()) sum += ofBatch
    return sum
  }

  added(bytes: number): void {
    this.#unallocated += bytes
  }

  /** What was added and belongs to no batch belongs to this one. */
  allocated(timeMs: number): void {
    if (this.#unallocated > 0) this.#ofBatches.set(timeMs, this.#unallocated)
    this.#unallocated = 0
  }

  /** The batches up to this time are done; what they still remember does not wait any more. */
  completed(upToMs: number): void {
    for (const timeMs of this.#ofBatches.keys()) if (timeMs <= upToMs) this.#ofBatches.delete(timeMs)
  }
}
