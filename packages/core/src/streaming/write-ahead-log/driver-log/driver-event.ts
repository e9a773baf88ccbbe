import type { Block } from '../../../rdd/plan/source-spec.ts'
import type { BlockEvent } from '../../blocks/received-blocks.ts'
import type { LogHandle } from '../read-log.ts'

/** What JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A received block as the driver's log knows it: everything but the bytes. */
export interface LoggedBlock {
  readonly streamId: number
  readonly block: {
    readonly id: string
    readonly records: number
    readonly format: Block['format']
    /** How many bytes it has. */
    readonly length: number
    /** Where the receivers' log has the bytes; without it the block ends with the process. */
    readonly handle?: LogHandle
  }
}

/** What an input stream gave to a batch, for the status pages of a recovered program. */
export interface LoggedInput {
  readonly inputStreamId: number
  readonly numRecords: number
  readonly metadata: { readonly [key: string]: Json }
}

/**
 * What happens to a program that recovery needs to know. Each event is in the log before it is acted on, and the live run folds the same
 * events as recovery does. Times are epoch milliseconds.
 */
export type DriverEvent =
  | BlockEvent<LoggedBlock>
  /** A process began, or goes on: its first batch is at `firstMs`. */
  | { readonly type: 'runStarted'; readonly startedMs: number; readonly firstMs: number; readonly batchMs: number }
  /** A direct source (files, offsets) gives this to the batch, and the same again whenever the batch is run. */
  | { readonly type: 'inputAllocated'; readonly timeMs: number; readonly inputId: number; readonly range: Json }
  /** The jobs of the batch are made: `outputs` of them, 0 when it has nothing to do. Again, when it is run again. */
  | {
      readonly type: 'batchSubmitted'
      readonly timeMs: number
      readonly outputs: number
      readonly inputs: readonly LoggedInput[]
    }
  /** An output operation of the batch has ended; `failure` is the text of its error. */
  | { readonly type: 'outputFinished'; readonly timeMs: number; readonly outputOpId: number; readonly failure?: string }
  /** Every output operation of the batch has ended. */
  | { readonly type: 'batchCompleted'; readonly timeMs: number }
