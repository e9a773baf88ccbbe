import type { BytesOnDisk, PartitionerSpecOf, StorageLevel, TextSplit } from '@dstream/core/engine'

/**
 * One task, as plain data that crosses to a worker thread: pipelines in the order in which they run. Each one but the last makes an array that later ones read;
 * the last one ends in the task's `terminal`. A flat list, because a nested one would overflow the stack in deep lineages.
 */
export interface TaskSpec {
  readonly pipelines: readonly Pipeline[]
  readonly terminal: Terminal
}

/** One fused loop: records come out of `input`, go through `steps` and end in whatever reads them. */
export interface Pipeline {
  readonly input: Input
  readonly steps: readonly StepSpec[]
  /** Set where the result is to be kept: a persisted node's partition. */
  readonly keep?: KeepSpec
}

export interface StepSpec {
  readonly op: 'map' | 'filter' | 'flatMap' | 'mapPartitions'
  /** The function's number in the worker's function table. */
  readonly f: number
  readonly async: boolean
  /** The partition index the function is told: that of its own node. */
  readonly partition: number
  /** For errors: the operator as the user wrote it, and where. */
  readonly operator: string
  readonly site: string
}

/** Where the records of a pipeline come from. */
export type Input =
  | { readonly from: 'values'; readonly bytes: Uint8Array | BytesOnDisk }
  | { readonly from: 'range'; readonly start: number; readonly step: number; readonly count: number }
  | { readonly from: 'lines'; readonly bytes: Uint8Array | BytesOnDisk; readonly records: number }
  | { readonly from: 'text'; readonly split: TextSplit }
  | {
      readonly from: 'reader'
      readonly read: number
      readonly split: unknown
      readonly partition: number
      readonly operator: string
      readonly site: string
    }
  | {
      readonly from: 'shuffle'
      readonly nodeId: number
      /** Which run of the shuffle wrote the blocks. */
      readonly run: number
      readonly partition: number
      readonly blocks: readonly ShuffleBlock[]
      readonly aggregate?: AggregateSpec
      readonly order?: 'ascending' | 'descending'
    }
  /** The results of earlier pipelines, one behind the other. */
  | { readonly from: 'concat'; readonly inputs: readonly number[] }
  /** The results of earlier pipelines, side by side, given to `f`. */
  | {
      readonly from: 'zip'
      readonly f: number
      readonly inputs: readonly number[]
      readonly partition: number
      readonly operator: string
      readonly site: string
    }
  /** A kept partition: on this worker's heap, or as bytes. */
  | { readonly from: 'heap'; readonly nodeId: number; readonly partition: number }
  | BytesInput
  | StateInput
  | StateVersionInput

/** A kept partition as bytes: it is kept so, or its owner has exported it. */
export interface BytesInput {
  readonly from: 'bytes'
  readonly nodeId: number
  readonly partition: number
  readonly bytes: StoredBytes
}

/** A step of keyed state: the pairs of an earlier pipeline change the version before. */
export interface StateInput {
  readonly from: 'state'
  readonly nodeId: number
  readonly partition: number
  readonly batchTimeMs: number
  readonly mode: 'everyKey' | 'whole' | 'touchedKeys'
  readonly f: number
  readonly timeout?: { readonly thresholdMs: number; readonly sweep: boolean }
  /** The pipelines of the pairs and, where the version before is not on this worker, of what it is made from. */
  readonly inputs: readonly number[]
  /** The version before, on this worker's heap. */
  readonly previousVersion?: number
  /** What the second input gives: an earlier state node's version (the pipeline left it on the heap), pairs, or timed triples. */
  readonly seed: 'version' | 'pairs' | 'timed'
  readonly seedNode?: number
  /** The version is due to be saved. */
  readonly toBeSaved?: boolean
  readonly operator: string
  readonly site: string
}

/** A version of keyed state on this worker's heap. */
export interface StateVersionInput {
  readonly from: 'stateVersion'
  readonly nodeId: number
  readonly partition: number
  readonly view: 'pairs' | 'mapped' | 'timed'
}

/** How and under which name a computed partition is kept. */
export interface KeepSpec {
  readonly nodeId: number
  readonly partition: number
  readonly level: StorageLevel
}

export interface AggregateSpec {
  readonly create: number
  readonly mergeValue: number
  readonly mergeCombiners: number
  /** Whether the map side has combined already, so that the blocks hold combiners. */
  readonly combined: boolean
  readonly operator: string
  readonly site: string
}

/** Bytes in shared memory, or, where memory was short, a range of a file. */
export type StoredBytes = Uint8Array<SharedArrayBuffer> | FileRange

export interface FileRange {
  readonly path: string
  readonly start: number
  readonly length: number
  /** CRC-32C of these bytes. */
  readonly checksum: number
}

/** What one map task wrote for one reduce partition. */
export type ShuffleBlock = StoredBytes

/** What becomes of the records of the last pipeline. */
export type Terminal =
  | { readonly kind: 'collect' }
  | { readonly kind: 'take'; readonly limit: number }
  | { readonly kind: 'count' }
  | {
      readonly kind: 'run'
      readonly f: number
      readonly async: boolean
      /** Other tasks run while it waits. Of a version of state it is given the StateCursor. */
      readonly beside: boolean
      readonly operator: string
      readonly site: string
    }
  | ShuffleTerminal

export interface ShuffleTerminal {
  readonly kind: 'shuffle'
  /** Its function, where it has one, is a number of the worker's table. */
  readonly partitioner: PartitionerSpecOf<number>
  readonly aggregate?: AggregateSpec
  readonly operator: string
  readonly site: string
}
