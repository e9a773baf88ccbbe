/** Less than this is not worth the bookkeeping. */
const smallestCounted = 16 * 1024
/** Of shared memory this part is counted. V8 begins to collect after some 64 MB: counted in full, it would do so ten times a second while a gigabyte is received. */
const countedPart = 1 / 4

/** By shared memory that this thread can reach: memory of its own, reserved and never touched. It goes when nothing here refers to the shared memory any more. */
const counterweights = new WeakMap<SharedArrayBuffer, ArrayBuffer>()

/**
 * New shared memory.
 *
 * Shared memory is freed when the garbage collectors of all threads have seen that nothing refers to it, and V8 does not count it: a thread that holds nothing but small
 * handles to gigabytes has no reason to collect, and the process grows until it ends. So each thread counts what it is given, with `countShared`.
 */
export function sharedBytes(byteLength: number): Uint8Array<SharedArrayBuffer> {
  const bytes = new Uint8Array(new SharedArrayBuffer(byteLength))
  countShared(bytes)
  return bytes
}

/** The same bytes in new shared memory. */
export function sharedCopy(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = sharedBytes(bytes.length)
  copy.set(bytes)
  return copy
}

/** Lets this thread's garbage collector count shared memory that has come from another thread. */
export function countShared({ buffer }: Uint8Array): void {
  if (buffer.byteLength < smallestCounted || !(buffer instanceof SharedArrayBuffer) || counterweights.has(buffer))
    return
  // Not zeroed, so that the system never has to give it pages.
  counterweights.set(buffer, Buffer.allocUnsafeSlow(buffer.byteLength * countedPart).buffer)
}
