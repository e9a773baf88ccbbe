import type { StreamInputInfo } from '../events/batch-info.ts'

/** What one output operation has to do in one batch. */
export interface OutputJob {
  readonly operator: string
  readonly site: string
  /** The stream that is put out: its operator and call site. */
  readonly stream: string
  /** Runs the operation; it has ended when the promise settles. */
  run(outputOpId: number): Promise<unknown>
}

/** A batch that has been planned. */
export interface PlannedBatch {
  readonly timeMs: number
  /** In the order in which the output operations were registered. */
  readonly jobs: readonly OutputJob[]
  readonly inputs: ReadonlyMap<number, StreamInputInfo>
}
