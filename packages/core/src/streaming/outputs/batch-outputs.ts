import type { BatchOutput } from '../../rdd/outputs/batch-output.ts'

/** More batches than can be under way at a time: what older ones have saved to need not be known any more. */
const batchesKept = 1000

/** The outputs of a run of a program, batch by batch. */
export class BatchOutputs {
  readonly application: string
  readonly #saved = new Map<number, Set<string>>()
  readonly #recoverable: boolean

  /**
   * @param application names the program, see BatchOutput
   * @param recoverable it has checkpoints, so batches may be run again. Else directories stay as Spark leaves them, unmarked
   */
  constructor(application: string, recoverable: boolean) {
    this.application = application
    this.#recoverable = recoverable
  }

  /** That of a batch. */
  of(batchTimeMs: number): BatchOutput {
    return { application: this.application, batchTimeMs, claim: directory => this.#claim(batchTimeMs, directory) }
  }

  #claim(batchTimeMs: number, directory: string): boolean {
    if (!this.#recoverable) return false
    const saved = this.#saved.get(batchTimeMs) ?? new Set()
    if (saved.has(directory)) return false
    this.#saved.set(batchTimeMs, saved.add(directory))
    const [oldest] = this.#saved.keys()
    if (this.#saved.size > batchesKept) this.#saved.delete(oldest!)
    return true
  }
}
