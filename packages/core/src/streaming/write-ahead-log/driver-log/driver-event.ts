import type { Block } from '../../../rdd/plan/source-spec.ts'
import type { BlockEvent } from '../../blocks/received-blocks.ts'
import type { LogHandle } from '../read-log.ts'

/** What JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Where the bytes of a block are: in which of the receivers' logs, and where in it. */
export interface BlockHandle extends LogHandle {
  readonly log: number
}

/** A received block as the driver's log knows it: everything but the bytes. */
export interface LoggedBlock {
  readonly streamId: number
  readonly block: {
    readonly id: string
    readonly records: number
    readonly format: Block['format']
    /** How many bytes it has. */
    readonly length: number
    /** Where the receivers' logs have the bytes; without it the block ends with the process. */
    readonly handle?: BlockHandle
  }
}

/**
 * What happens to a program that recovery needs to know. Each event is in the log before it is acted on, and the live run folds the same
 * events as recovery does. Times are epoch milliseconds.
 */
export type DriverEvent =
  | BlockEvent<LoggedBlock>
  /** A process begins, or goes on, maybe with a changed program: from here on the numbers of inputs are those of these keys. */
  | { readonly type: 'runStarted'; readonly startedMs: number; readonly inputs: readonly string[] }
  /** A direct source (files, offsets) gives this to the batch, and the same again whenever the batch is run. */
  | { readonly type: 'inputAllocated'; readonly timeMs: number; readonly inputId: number; readonly range: Json }
  /** The jobs of the batch are made: `outputs` of them, 0 when it has nothing to do. Again, when it is run again. */
  | {
      readonly type: 'batchSubmitted'
      readonly timeMs: number
      readonly outputs: number
      /** How many records input streams say they gave to it, as far as they do. */
      readonly records: number
    }
  /** An output operation of the batch has ended; `failure` is the text of its error. */
  | { readonly type: 'outputFinished'; readonly timeMs: number; readonly outputOpId: number; readonly failure?: string }
  /** Every output operation of the batch has ended. */
  | { readonly type: 'batchCompleted'; readonly timeMs: number }
