import type { BatchOutput } from '../../rdd/outputs/batch-output.ts'

/** More batches than can be under way at a time: what older ones have saved to need not be known any more. */
const batchesKept = 1000

/** The outputs of a run of a program, batch by batch. */
export class BatchOutputs {
  readonly application: string
  readonly #saved = new Map<number, Set<string>>()

  /** @param application names the program, see BatchOutput */
  constructor(application: string) {
    this.application = application
  }

  /** That of a batch. */
  of(batchTimeMs: number): BatchOutput {
    return { application: this.application, batchTimeMs, claim: directory => this.#claim(batchTimeMs, directory) }
  }

  #claim(batchTimeMs: number, directory: string): boolean {
    const saved = this.#saved.get(batchTimeMs) ?? new Set()
    if (saved.has(directory)) return false
    this.#saved.set(batchTimeMs, saved.add(directory))
    const [oldest] = this.#saved.keys()
    if (this.#saved.size > batchesKept) this.#saved.delete(oldest!)
    return true
  }
}
