import type { Clock } from '../../time/index.ts'

const signals = ['SIGTERM', 'SIGINT'] as const

/** One key press may reach a program more than once: from the terminal, and a moment later from what started it. */
const samePressMs = 300

/**
 * Calls `stop` at the first SIGTERM or SIGINT of this process. The next one, unless it comes with the first, ends the process as if nobody
 * listened.
 *
 * @returns stops listening
 */
export function onShutdownSignal(clock: Clock, stop: (signal: string) => void): () => void {
  let cancel: (() => void) | undefined
  const forget = (): void => {
    cancel?.()
    for (const signal of signals) process.removeListener(signal, handle)
  }
  const handle = (signal: string): void => {
    if (cancel !== undefined) return
    cancel = clock.at(clock.now() + samePressMs, forget)
    stop(signal)
  }
  for (const signal of signals) process.on(signal, handle)
  return forget
}
