import type { Logger } from '../../logging/index.ts'
import { DirectoryFencedError } from '../../storage/fence/index.ts'
import { encodeCheckpoint, type EncodedPlan, type ProgressContent } from './schema/index.ts'

/** Of how many batch times checkpoints are kept. */
export const keptCheckpoints = 10

export interface CheckpointWriterParts {
  /** Writes a file, safe when it resolves. */
  readonly write: (batchMs: number, content: Uint8Array) => Promise<unknown>
  /** What does not change, encoded when it is needed first. */
  readonly plan: () => EncodedPlan
  /** What is now; `sequence` is the number of the checkpoint that it becomes. Asked again for a number, what it gave before is not written. */
  readonly progress: (sequence: number) => ProgressContent
  readonly logger: Logger
  /** Checkpoints before this one are not on disk any more. */
  readonly onForgotten: (sequence: number) => void
  /** The checkpoint of this number could not be written; none has it later. */
  readonly onNotWritten: (sequence: number) => void
  /** Another process has taken the directory over. */
  readonly onFenced: (error: DirectoryFencedError) => void
}

/**
 * Writes checkpoints beside the batches. What is written is put together at the moment when it is asked for; while one is being written, only the
 * newest of those that are asked for waits.
 *
 * Invariants:
 * 1. one checkpoint is written at a time, and none after a newer one;
 * 2. a write that fails is no failure of the program: the checkpoints before stay as they are, the log says it.
 *
 * @see Spark's CheckpointWriter
 */
export class CheckpointWriter {
  readonly #parts: CheckpointWriterParts
  #plan: EncodedPlan | undefined
  #waiting: { readonly sequence: number; readonly progress: ProgressContent } | undefined
  #writing: Promise<void> | undefined
  #sequence = 0
  /** The batch times whose files are kept, oldest first, each with the first number of its files. */
  readonly #written = new Map<number, number>()
  #closed = false

  constructor(parts: CheckpointWriterParts) {
    this.#parts = parts
  }

  /** Writes down where the program is before it does anything. @throws DStreamError CHECKPOINT_NOT_WRITTEN, DIRECTORY_FENCED */
  async first(): Promise<void> {
    const { write, plan, progress: now } = this.#parts
    const sequence = ++this.#sequence
    const progress = now(sequence)
    await write(progress.batchMs, encodeCheckpoint((this.#plan ??= plan()), progress))
    this.#forget(progress.batchMs, sequence)
  }

  /** Writes down where the program is now. */
  request(): void {
    if (this.#closed) return
    // One that waits is replaced, its number too: numbers do not add up while none can be written.
    const sequence = this.#waiting?.sequence ?? ++this.#sequence
    this.#waiting = { sequence, progress: this.#parts.progress(sequence) }
    this.#writing ??= this.#writeAll()
  }

  /** Resolves when everything that was asked for is on disk. */
  async settled(): Promise<true> {
    while (this.#writing !== undefined) await this.#writing
    return true
  }

  /** Nothing more is asked for. */
  close(): void {
    this.#closed = true
  }

  async #writeAll(): Promise<void> {
    // The batch first.
    await Promise.resolve()
    try {
      for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
        this.#waiting = undefined
        await this.#write(next.sequence, next.progress)
      }
    } finally {
      // At this very moment: what is asked for from now on would wait for nobody.
      this.#writing = undefined
    }
  }

  async #write(sequence: number, progress: ProgressContent): Promise<void> {
    const { write, plan, logger, onFenced, onNotWritten } = this.#parts
    try {
      await write(progress.batchMs, encodeCheckpoint((this.#plan ??= plan()), progress))
    } catch (error) {
      if (error instanceof DirectoryFencedError) return onFenced(error)
      logger.warn(`The checkpoint for time ${progress.batchMs} ms could not be written`, error)
      return onNotWritten(sequence)
    }
    this.#forget(progress.batchMs, sequence)
  }

  #forget(batchMs: number, sequence: number): void {
    if (!this.#written.has(batchMs)) this.#written.set(batchMs, sequence)
    // One more than is kept, since old files are removed after a new one is there.
    if (this.#written.size <= keptCheckpoints + 1) return
    this.#written.delete(this.#written.keys().next().value!)
    this.#parts.onForgotten(this.#written.values().next().value!)
  }
}
