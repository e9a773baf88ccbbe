/** What a path leads to. */
export interface FileStatus {
  readonly path: string
  /** The last part of the path. */
  readonly name: string
  readonly isDirectory: boolean
  /** In bytes; 0 for a directory. */
  readonly length: number
  /** When the content last changed, epoch milliseconds (fractions cut off). */
  readonly modifiedMs: number
}

/**
 * Where files, checkpoints and logs are kept: a local disk, an object store, the memory of a test.
 *
 * Paths are absolute, parts separated by `/`, without scheme (fileSystemFor takes it off). What "is safe" means below: it survives the
 * process, and the machine too where the store can promise that. Methods fail with a DStreamError whose `code` is one of FILE_NOT_FOUND, FILE_EXISTS,
 * NOT_A_DIRECTORY, IS_A_DIRECTORY, FILE_ACCESS_DENIED, STORAGE_FULL, STORAGE_FAILED, and whose `cause` is the store's own error.
 *
 * One suite (conformance.ts) holds every implementation to this page.
 */
export interface FileSystem {
  /** What is in a directory, sorted by name (UTF-16 units); hidden names too. Fails when there is no such directory. */
  list(directory: string): Promise<FileStatus[]>
  /** What is at a path, or `undefined` when nothing is. */
  stat(path: string): Promise<FileStatus | undefined>
  /** Opens a file to read ranges of it. */
  open(path: string): Promise<FileReader>
  /**
   * Makes a file with this content, or replaces one, at once: a reader sees the old content or the new, whole. Makes the directories above. When it resolves, the
   * file is safe.
   */
  create(path: string, content: Uint8Array): Promise<void>
  /** As create, but only where nothing is: resolves to `false`, and changes nothing, when the path is taken. One of several who try wins. */
  createExclusive(path: string, content: Uint8Array): Promise<boolean>
  /** As create, written bit by bit: nothing is at the path until `commit`. */
  createWriter(path: string): Promise<FileWriter>
  /** Opens a file to append to it; makes it, and the directories above, where it is not. */
  append(path: string): Promise<Appender>
  /** Moves a file (replacing a file that is there) or a directory (where nothing is). When it resolves, the move is safe. */
  rename(from: string, to: string): Promise<void>
  /** Removes a file, or a directory and all that is in it. Resolves to whether something was there. */
  delete(path: string): Promise<boolean>
  /** Makes a directory and those above it; does nothing where they are. */
  mkdirs(path: string): Promise<void>
}

/** An open file. Several reads may be under way at once. */
export interface FileReader {
  /** The length when it was opened, in bytes. */
  readonly length: number
  /** Reads into `target` (shared memory too) from that offset of the file; resolves to how many bytes there were, fewer only at the end of the file. */
  readInto(target: Uint8Array, offset: number): Promise<number>
  /** The bytes from `offset` on, `length` of them, fewer at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** A file that is being written, which nobody sees yet. */
export interface FileWriter {
  write(bytes: Uint8Array): Promise<void>
  /** Makes the file safe and puts it in its place. */
  commit(): Promise<void>
  /** Leaves nothing behind. */
  discard(): Promise<void>
}

/** The end of a growing file: a log. One write at a time. After an error the end of the file is unknown: `truncate` to what is known to be whole. */
export interface Appender {
  /** The length of the file, in bytes, all that was written included. */
  readonly length: number
  /** Puts bytes at the end. They may be lost in a crash, in part too, until `sync` has resolved. */
  write(bytes: Uint8Array): Promise<void>
  /** As `write`, of several pieces that stand one behind the other: without copying them together, where the store can. */
  writeAll?(pieces: readonly Uint8Array[]): Promise<void>
  /** When it resolves, everything that was written before is safe. */
  sync(): Promise<void>
  /** Cuts the file off; safe when it resolves. */
  truncate(length: number): Promise<void>
  close(): Promise<void>
}
