/** More failed batches than this are not kept for a restart: each keeps its data. */
const mostHeld = 1000

/** Why a batch is not held any more. */
export interface GivenUp {
  readonly timeMs: number
  readonly why: string
}

/**
 * Batches that could not be made, or of which an output has failed: a restart runs them again. What is kept for them is not kept for ever: who goes on
 * after a failure has decided to do without their output.
 *
 * Invariants:
 * 1. a batch is given up when `successes` others have been put out whole since it failed, or when more than 1,000 are held: then the oldest;
 * 2. once a stop has begun, none is given up: what is still to be run may fail for the same reason.
 */
export class FailedBatches {
  readonly #successes: number
  /** With how many have been put out since. */
  readonly #held = new Map<number, number>()
  #stopping = false

  /** @param successes 0: none is held */
  constructor(successes: number) {
    this.#successes = successes
  }

  get times(): readonly number[] {
    return [...this.#held.keys()]
  }

  /** Batches fail in any order: one may not be made while an output of an earlier one still runs. */
  get oldestMs(): number | undefined {
    return this.#held.size === 0 ? undefined : Math.min(...this.#held.keys())
  }

  /** Nothing is given up from now on. */
  stop(): void {
    this.#stopping = true
  }

  /** `held`: failed batches are. `givenUp`: those that had to go for this one; it is among them where it is the oldest. */
  failed(timeMs: number): { readonly held: boolean; readonly givenUp: readonly GivenUp[] } {
    if (this.#successes === 0) return { held: false, givenUp: [] }
    this.#held.set(timeMs, 0)
    if (this.#stopping || this.#held.size <= mostHeld) return { held: true, givenUp: [] }
    const oldestMs = this.oldestMs!
    this.#held.delete(oldestMs)
    return { held: true, givenUp: [{ timeMs: oldestMs, why: `more than ${mostHeld} batches have failed` }] }
  }

  /** A batch has been put out whole. Gives those that are given up for it. */
  succeeded(): readonly GivenUp[] {
    if (this.#stopping) return []
    const givenUp: GivenUp[] = []
    for (const [timeMs, before] of this.#held) {
      this.#held.set(timeMs, before + 1)
      if (before + 1 < this.#successes) continue
      this.#held.delete(timeMs)
      givenUp.push({ timeMs, why: `${this.#successes} batches have been put out since` })
    }
    return givenUp
  }
}
