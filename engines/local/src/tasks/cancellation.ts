/** How a running task learns that the driver has given it up. */
export interface Cancellation {
  /** Cell 0 holds the number of the task that is to be given up. */
  readonly cancelled: Int32Array
  readonly taskId: number
  /** Ends the task: throws. */
  readonly giveUp: () => never
}

/**
 * Ends a task that has been given up. The generated loops ask for every record, by a plain read of the cell: an atomic one takes 5 ns, this one less than
 * 1 ns (nothing that shows in a word count). What a loop might see late, this sees, once for each chunk.
 */
export function checkpoint({ cancelled, taskId, giveUp }: Cancellation): void {
  if (Atomics.load(cancelled, 0) === taskId) giveUp()
}

/** The records of chunks, one by one. */
export function* flat(
  chunks: Iterable<readonly unknown[]>,
  cancellation: Cancellation,
): Generator<unknown, void, undefined> {
  const { cancelled, taskId, giveUp } = cancellation
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      if (cancelled[0] === taskId) giveUp()
      yield chunk[i]
    }
  }
}

const CHUNK = 4096

/** Cuts records into chunks. */
export function* chunked(records: Iterable<unknown>, cancellation: Cancellation): Generator<unknown[]> {
  const { cancelled, taskId, giveUp } = cancellation
  let chunk: unknown[] = []
  for (const record of records) {
    if (cancelled[0] === taskId) giveUp()
    chunk.push(record)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
