import type { DirectoryHolder } from '../../../storage/fence/index.ts'

/** What a checkpoint directory holds, as `inspectCheckpoint` finds it. Times are epoch milliseconds, lengths of time milliseconds. */
export interface CheckpointInspection {
  readonly directory: string
  /** The file that a restart goes on from; undefined where there is none that can be used. */
  readonly used: string | undefined
  /** Every checkpoint file, in the order in which they are tried. */
  readonly files: readonly InspectedFile[]
  /** Who works in the directory, or did last; undefined when nobody ever has. */
  readonly holder: DirectoryHolder | undefined
  /** What is broken or missing, in words; `[]` when everything that a restart needs is whole. */
  readonly damages: readonly string[]
  /** What the file that is used says. */
  readonly content: InspectedContent | undefined
}

/** A checkpoint file. */
export interface InspectedFile {
  readonly path: string
  /** The batch that it was written for. */
  readonly batchMs: number
  /** Unknown where its head cannot be read. */
  readonly writtenMs: number | undefined
  /** The number of the process that wrote it, among those that have worked in the directory. */
  readonly epoch: number | undefined
  readonly bytes: number
  /** Why it cannot be used. */
  readonly problem: string | undefined
}

/** Where a program is, and what it is made of. */
export interface InspectedContent {
  readonly application: { readonly name: string; readonly master: string; readonly id: string }
  readonly batchIntervalMs: number
  /** The first batch ever. */
  readonly firstBatchMs: number
  /** The batch of the checkpoint: a restart runs it again. */
  readonly batchMs: number
  /** Batches that had not ended. */
  readonly pendingMs: readonly number[]
  /** Why a restart needs the function that makes the streams; `[]` when `getOrCreate(directory, null)` is enough. */
  readonly needsFactory: readonly string[]
  readonly streams: readonly InspectedStream[]
  readonly inputs: readonly InspectedInput[]
  readonly outputs: readonly { readonly operator: string; readonly site: string; readonly stream: string }[]
  /** What happened after the checkpoint, and what is received and in no batch yet. */
  readonly log: InspectedLog
  readonly accumulators: readonly { readonly name: string; readonly className: string; readonly value: unknown }[]
  readonly configuration: readonly (readonly [key: string, value: string])[]
}

/** A stream of the program. */
export interface InspectedStream {
  /** What it is recognised by after a restart. */
  readonly key: string
  /** The key was given with `.uid(…)`. */
  readonly explicit: boolean
  readonly operator: string
  readonly site: string
  readonly slideMs: number
  /** It is an input, or made of its own past: what a changed program can lose. */
  readonly holds: boolean
  readonly saved: readonly InspectedSave[]
}

/** What was saved of a stream at a batch time. */
export interface InspectedSave {
  readonly batchMs: number
  readonly directory: string
  /** What it goes back to, the newest first: it holds only what has changed since. */
  readonly bases: readonly string[]
  readonly partitions: number
  /** With what it goes back to. */
  readonly bytes: number
  /** Of keyed state: keys. Unknown where the save is not whole. */
  readonly records: number | undefined
  /** The version of the form of keyed states, 0 where the program gave none. */
  readonly stateVersion: number
}

export interface InspectedInput {
  readonly number: number
  readonly key: string
  readonly operator: string
  /** `files`, `receiver`, `constant`, `custom`, `queue` or `none`. */
  readonly kind: string
  /** Of a file stream: the directory. */
  readonly directory: string | undefined
  /** Files that it remembers to have taken. */
  readonly files: number | undefined
  /** Blocks that wait for a batch. */
  readonly blocksWaiting: number
}

export interface InspectedLog {
  readonly blocksWaiting: number
  readonly bytesWaiting: number
  /** Batches later than the one of the checkpoint that the log knows, a restart gives them the same data. */
  readonly batchesAfter: readonly { readonly batchMs: number; readonly completed: boolean }[]
}
