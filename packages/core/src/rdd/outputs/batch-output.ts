import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What is put out in one batch of a program. After a restart the batch may be run again, with the same content: then the same names say so, and what
 * is there already is not written twice.
 */
export interface BatchOutput {
  /** Names the program: the same after each restart from its checkpoints, another one for a program that begins anew. */
  readonly application: string
  readonly batchTimeMs: number
  /** Takes a directory for one save; false when this run has saved to it in the same batch. */
  claim(directory: string): boolean
}

const running = new AsyncLocalStorage<BatchOutput>()

/** The output of a batch in which this is called; undefined outside of output operations. */
export const currentBatchOutput = (): BatchOutput | undefined => running.getStore()

/** Runs what an output operation does in a batch. */
export const inBatchOutput = <R>(output: BatchOutput, f: () => R): R => running.run(output, f)
