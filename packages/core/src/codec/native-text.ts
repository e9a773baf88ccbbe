/** The Buffer methods behind `toString` and `write`, which Node has and its types leave out. They work on shared memory. */
export interface NativeText {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  ucs2Slice(start: number, end: number): string
  latin1Write(text: string, offset: number): number
  utf8Write(text: string, offset: number): number
  ucs2Write(text: string, offset: number): number
}

/** A Buffer over the same memory, whose text methods skip the checks of `toString`: they are called once a record. */
export const nativeText = (bytes: Uint8Array): Buffer & NativeText =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as Buffer & NativeText
