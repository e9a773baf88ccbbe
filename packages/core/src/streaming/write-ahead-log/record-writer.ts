import type { Logger } from '../../logging/index.ts'
import type { LogHandle } from './read-log.ts'
import type { WriteAheadLogOptions } from './write-ahead-log.ts'

/**
 * When what was written is flushed to the device.
 *
 * `'commit'`: before an append resolves; an acknowledged record survives the machine. `{ intervalMs }`: at most that much later; it survives the process at once, the
 * machine only then. `'never'`: when the system does so by itself.
 */
export type FsyncPolicy = 'commit' | 'never' | { readonly intervalMs: number }

/** A record that waits to be written. */
export interface Pending {
  readonly record: Uint8Array
  readonly timeMs: number
  /** The checksum of the record; undefined where it will be encrypted, and another checksum is needed. */
  readonly crc: number | undefined
}

/** Where the records of a log go. One write at a time. */
export interface RecordWriter {
  /** Makes this writer the one whose records count, before anything is done with what was read. */
  begin(): Promise<void>
  /** Writes all records, and returns where they are once they are safe and this process is known to have been the writer then. */
  write(group: readonly Pending[]): Promise<LogHandle[]>
  read(handle: LogHandle): Promise<Uint8Array>
  /** Makes safe what was written. */
  sync(): Promise<void>
  /** Removes what was appended before `thresholdMs`; resolves to how many files. */
  clean(thresholdMs: number): Promise<number>
  close(): Promise<void>
}

export type RecordWriterOptions = WriteAheadLogOptions & { readonly logger: Logger; readonly fsync: FsyncPolicy }
