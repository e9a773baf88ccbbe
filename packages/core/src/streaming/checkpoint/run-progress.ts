import type { Resume } from './resume.ts'
import type { ProgressContent } from './schema/index.ts'

export interface RunProgressParts {
  readonly zeroMs: number
  /** The values of the accumulators now. */
  readonly accumulators: () => ProgressContent['accumulators']
  /** Batches that are submitted and not completed, ascending. */
  readonly openBatches: () => readonly number[]
  /** Those of them of which an output has failed: what they have added to accumulators has been added. */
  readonly heldBatches: () => readonly number[]
}

/** How far a run has come: its newest batch, the batches that a restart would run again, and what accumulators were before those. */
export class RunProgress {
  readonly #parts: RunProgressParts
  /** The newest batch that was made, of an earlier run too. */
  #newestMs: number
  /** Batches of an earlier run that had not ended, and that have not been made again. */
  readonly #again = new Set<number>()
  /** The values of accumulators before a batch began, of those that may be run again. */
  readonly #before = new Map<number, ProgressContent['accumulators']>()

  constructor(parts: RunProgressParts) {
    this.#parts = parts
    this.#newestMs = parts.zeroMs
  }

  get newestMs(): number {
    return this.#newestMs
  }

  /** It goes on from here. */
  resume({ batchMs, pending }: Pick<Resume, 'batchMs' | 'pending'>): void {
    this.#newestMs = batchMs
    for (const timeMs of pending) this.#again.add(timeMs)
  }

  /** The batch of this time has been made. */
  generated(timeMs: number): void {
    this.#newestMs = Math.max(this.#newestMs, timeMs)
    this.#again.delete(timeMs)
  }

  /** The first output operation of the batch is about to run. */
  began(timeMs: number): void {
    const oldestMs = this.#parts.openBatches()[0] ?? timeMs
    for (const ms of this.#before.keys()) if (ms < oldestMs) this.#before.delete(ms)
    this.#before.set(timeMs, this.#parts.accumulators())
  }

  /** What a checkpoint of now says of it. */
  content(): Pick<ProgressContent, 'zeroMs' | 'batchMs' | 'pending' | 'accumulators'> {
    const { zeroMs, openBatches, heldBatches, accumulators } = this.#parts
    const batchMs = this.#newestMs
    const pending = [...new Set([...this.#again, ...openBatches()])].sort((a, b) => a - b)
    const held = new Set(heldBatches())
    // What batches that are run again have added, they add again.
    const firstAgainMs = pending.find(timeMs => !held.has(timeMs)) ?? batchMs
    return { zeroMs, batchMs, pending, accumulators: this.#before.get(firstAgainMs) ?? accumulators() }
  }
}
