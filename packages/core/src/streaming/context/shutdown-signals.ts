const signals = ['SIGTERM', 'SIGINT'] as const

/**
 * Calls `stop` at the first SIGTERM or SIGINT of this process. The second one ends the process as if nobody listened.
 *
 * @returns stops listening
 */
export function onShutdownSignal(stop: (signal: string) => void): () => void {
  const forget = (): void => {
    for (const signal of signals) process.removeListener(signal, handle)
  }
  const handle = (signal: string): void => {
    forget()
    stop(signal)
  }
  for (const signal of signals) process.on(signal, handle)
  return forget
}
