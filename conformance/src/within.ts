/** Something that took longer than it may, in real time. */
export class OutOfTime extends Error {
  readonly code = 'OUT_OF_TIME'
}

/**
 * What the work resolves to, if it does so in time.
 *
 * @throws OutOfTime naming what was waited for; the work itself goes on
 */
export async function within<T>(work: Promise<T>, boundMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutOfTime(`${what} did not end within ${boundMs} ms of real time`)), boundMs)
  })
  try {
    return await Promise.race([work, bound])
  } finally {
    clearTimeout(timer)
  }
}
