/** What a stream was before and is now. */
export interface RecoveredStream {
  /** What it is recognised by: its uid, or the operators on the way to it. */
  readonly key: string
  readonly operator: string
  /** What became of what it held. */
  readonly outcome: 'kept' | 'changed' | 'dropped' | 'added'
  /** What differs, or why it was dropped; `''` when there is nothing to say. */
  readonly note: string
}

/** A configuration key that differs between the checkpoint and this process; undefined where it is not set. */
export interface ConfigurationChange {
  readonly key: string
  readonly before: string | undefined
  readonly now: string | undefined
}

/** What came of a restart from a checkpoint. Times are epoch milliseconds. */
export interface RecoveryReport {
  /** Where the checkpoint was read. */
  readonly file: string
  /** The batch that it was written for: it is run again. */
  readonly batchMs: number
  /** Newer checkpoints that could not be read, and why. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[]
  /** Inputs and streams that hold something. */
  readonly streams: readonly RecoveredStream[]
  /** The new process's values are what counts. */
  readonly configuration: readonly ConfigurationChange[]
}

/** The report as lines for people. */
export function reportLines({ file, batchMs, skipped, streams, configuration }: RecoveryReport): string[] {
  const shown = (value: string | undefined): string => (value === undefined ? '(not set)' : value)
  return [
    ...skipped.map(one => `Checkpoint ${one.file} could not be used: ${one.reason}`),
    `Recovered from ${file}, batch time ${batchMs} ms`,
    ...streams.map(({ outcome, key, note }) => `${outcome}: ${key}${note === '' ? '' : ` (${note})`}`),
    ...configuration.map(({ key, before, now }) => `configuration: ${key} was ${shown(before)}, is ${shown(now)}`),
  ]
}

/** Keys that are of one run only (see Spark's Checkpoint.createSparkConf), and those that differ anyway. */
const ofOneRun = new Set([
  ...['spark.app.id', 'spark.app.startTime', 'spark.yarn.app.id', 'spark.yarn.app.attemptId', 'spark.driver.host'],
  ...['spark.driver.bindAddress', 'spark.driver.port', 'spark.ui.port', 'spark.blockManager.port'],
  ...['spark.kubernetes.driver.pod.name', 'spark.kubernetes.executor.podNamePrefix', 'spark.yarn.jars'],
  ...['spark.yarn.keytab', 'spark.yarn.principal', 'spark.kerberos.keytab', 'spark.kerberos.principal'],
  ...['spark.ui.filters', 'spark.mesos.driver.frameworkId'],
])

/** Whether a configuration key belongs to one run, so that a restart takes it from the new process only. */
export const isOfOneRun = (key: string): boolean => ofOneRun.has(key)

/** The keys that differ. */
export function configurationChanges(
  before: readonly (readonly [string, string])[],
  now: readonly (readonly [string, string])[],
): ConfigurationChange[] {
  const [old, current] = [new Map(before), new Map(now)]
  const keys = [...new Set([...old.keys(), ...current.keys()])].filter(key => !isOfOneRun(key)).sort()
  return keys.flatMap(key => {
    const change = { key, before: old.get(key), now: current.get(key) }
    return change.before === change.now ? [] : [change]
  })
}
