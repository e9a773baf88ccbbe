import type { TaskFunction } from '../../closures/closure.ts'

/** Where the records of a source node come from. */
export type SourceSpec =
  /** Values of the driver (`parallelize`, `makeRDD`), encoded once: partition i is the records in `partitions[i]` (codec/records). */
  | { readonly kind: 'values'; readonly partitions: readonly Uint8Array<SharedArrayBuffer>[] }
  /** The integers `start + i * step`, made by the task: partition i holds those between floor(i·n/p) and floor((i+1)·n/p). */
  | { readonly kind: 'range'; readonly start: number; readonly end: number; readonly step: number }
  /** Blocks that receivers stored: partition i is block i. Where their bytes are may change as long as they are kept: it is looked up when a task is made. */
  | { readonly kind: 'blocks'; readonly blocks: readonly StoredBlock[] }
  /** Lines of text files: partition i is split i. */
  | { readonly kind: 'text'; readonly splits: readonly TextSplit[] }
  /** Any other: `read(split, partitionIndex)` gives an iterable, an async iterable, or a promise of either. `splits` is plain data. */
  | { readonly kind: 'reader'; readonly splits: readonly unknown[]; readonly read: TaskFunction }

/** Received bytes, kept as bytes until a task needs the records. */
export interface Block {
  readonly id: string
  /** Shared memory, so every worker reads it in place. */
  readonly bytes: Uint8Array<SharedArrayBuffer>
  readonly records: number
  /**
   * `lines`: text, each record ended by \n, \r\n or \r (already cut: no half line at the end unless the connection ended there);
   * `records`: encoded records (codec/records).
   */
  readonly format: 'lines' | 'records'
}

/** A received block as it is kept: its bytes are in memory, or on disk where every engine of this machine reads them: in a log, or in a file of the engine’s own. */
export interface StoredBlock extends Omit<Block, 'bytes'> {
  readonly bytes: Block['bytes'] | BytesOnDisk
}

/** A range of a file of this machine. */
export interface BytesOnDisk {
  readonly path: string
  readonly start: number
  readonly length: number
  /** CRC-32 of these bytes, as zlib computes it: native code does, beside the driver’s work. */
  readonly crc32: number
}

/**
 * A byte range of a text file. Its lines are those that begin behind its first byte (at it, where that is the file's first) and not behind its end: a line that
 * begins exactly at a boundary belongs to the split before, as in Hadoop.
 */
export interface TextSplit {
  readonly path: string
  readonly start: number
  readonly length: number
  /** The split ends where the file ended when it was listed: what has come since is not read, but for the end of the last line. */
  readonly last?: true
}
