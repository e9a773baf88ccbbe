/** How long what restarts waits. */
export interface RestartSettings {
  /** The first time: `spark.streaming.receiverRestartDelay`. */
  readonly receiverRestartDelayMs: number
  /** The most: `spark.dstream.receiver.maxRestartDelay`. */
  readonly receiverMaxRestartDelayMs: number
  /** After so long it counts as healthy: `spark.dstream.receiver.healthyAfter`. */
  readonly receiverHealthyAfterMs: number
}

/** What became of a run of a receiver. */
export interface RunOutcome {
  readonly ranMs: number
  /** Something was stored. */
  readonly stored: boolean
}

/** How often it has failed in a row, after this run: one that received something, or lasted, begins the count anew. */
export function failuresAfter(failures: number, { ranMs, stored }: RunOutcome, settings: RestartSettings): number {
  return stored || ranMs >= settings.receiverHealthyAfterMs ? 1 : failures + 1
}

/** Doubled with each failure in a row, up to the most; what is configured to be longer stays as long. */
export function restartDelayMs(failures: number, settings: RestartSettings): number {
  const { receiverRestartDelayMs: firstMs, receiverMaxRestartDelayMs: mostMs } = settings
  return Math.max(firstMs, Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30)))
}
