/** Bytes that are read by position, at once: a local file in a task, or memory. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number
  /** The bytes from `position` on; fewer than `length` only at the end. */
  read(position: number, length: number): Uint8Array
  close(): void
}

/** Bytes that are read by position, some time later: an object store. */
export interface AsyncByteSource {
  readonly size: number
  read(position: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** Takes bytes, one piece behind the other. `abort` leaves nothing behind where that is possible. */
export interface ByteSink {
  write(bytes: Uint8Array): void
  close(): void
  abort(): void
}

/** The same, for storage that answers later. */
export interface AsyncByteSink {
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}

/** Opens and makes files, at once. What is made must not exist, and its directories are made with it. */
export interface FileAccess {
  open(path: string): ByteSource
  create(path: string): ByteSink
}

/** The same, for storage that answers later. */
export interface AsyncFileAccess {
  open(path: string): Promise<AsyncByteSource>
  create(path: string): Promise<AsyncByteSink>
}

/**
 * Bytes in memory as a source.
 *
 * @example
 * String(bytesSource(Buffer.from('hello')).read(1, 3)) // => 'ell'
 */
export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (position, length) => bytes.subarray(position, position + length),
  close: () => {},
})
