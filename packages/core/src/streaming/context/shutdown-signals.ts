import type { Clock } from '../../time/index.ts'

const signals = ['SIGTERM', 'SIGINT'] as const

/** One key press may reach a program more than once: from the terminal, and a moment later from what started it. */
const samePressMs = 300

export interface ShutdownParts {
  readonly clock: Clock
  /** `spark.streaming.stopGracefullyOnShutdown` */
  readonly gracefully: boolean
  /** Stops; asked again not gracefully, at once. */
  readonly stop: (gracefully: boolean) => Promise<unknown>
  /** Ends the process by the signal, when nobody listens for it any more. */
  readonly raise?: (signal: NodeJS.Signals) => void
}

/**
 * Answers SIGTERM and SIGINT of this process. Gracefully: the first one stops gracefully, after which the program goes on behind `awaitTermination`; the second one stops
 * at once. Not gracefully: the first one stops at once. What was stopped at once ends by the signal, as if nobody had listened; and so does, at once, what gets one more.
 *
 * Not gracefully it leaves a signal to the program where that listens for it, too.
 *
 * @see Spark's shutdown hook of a StreamingContext, which stops in any case and then ends the process
 * @returns stops listening
 */
export function onShutdownSignal({ clock, gracefully, stop, raise = raiseSignal }: ShutdownParts): () => void {
  let asked = 0
  let samePress = false
  let cancel = (): void => {}
  const last = gracefully ? 2 : 1
  const forget = (): void => {
    cancel()
    for (const signal of signals) process.removeListener(signal, handle)
  }
  const stopAtOnce = (signal: NodeJS.Signals): void => {
    const end = (): void => {
      forget()
      raise(signal)
    }
    stop(false).then(end, end)
  }
  const handle = (signal: NodeJS.Signals): void => {
    if (samePress || (!gracefully && process.listenerCount(signal) > 1)) return
    samePress = true
    asked++
    cancel = clock.after(samePressMs, () => {
      samePress = false
      if (asked === last) forget()
    })
    if (asked < last) void stop(true)
    else stopAtOnce(signal)
  }
  for (const signal of signals) process.on(signal, handle)
  return forget
}

const raiseSignal = (signal: NodeJS.Signals): void => void process.kill(process.pid, signal)
