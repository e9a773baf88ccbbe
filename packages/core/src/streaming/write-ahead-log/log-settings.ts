import type { Settings } from '../../context/keys.ts'
import { timeMsOf } from '../../context/spark-conf-values.ts'
import type { PayloadCipher } from '../../storage/encryption/index.ts'
import type { FsyncPolicy } from './record-writer.ts'
import type { WriteAheadLogOptions } from './write-ahead-log.ts'

/** How a log is written. */
export type LogSettings = Pick<
  WriteAheadLogOptions,
  | 'rollingIntervalMs'
  | 'closeFileAfterWrite'
  | 'maxFailures'
  | 'retryForMs'
  | 'groupCommit'
  | 'fsync'
  | 'implementation'
  | 'cipher'
>

/** `spark.streaming.receiver.writeAheadLog.*` and what belongs to it. @throws DStreamError MALFORMED_CONF_VALUE */
export const receiverLogSettings = (settings: Settings, cipher: PayloadCipher): LogSettings => ({
  rollingIntervalMs: settings.receiverLogRollingIntervalMs,
  closeFileAfterWrite: settings.receiverLogCloseFileAfterWrite,
  maxFailures: settings.receiverLogMaxFailures,
  fsync: fsyncOf('spark.dstream.receiver.writeAheadLog.fsync', settings.receiverLogFsync),
  ...(settings.receiverLogClass !== undefined && { implementation: settings.receiverLogClass }),
  cipher,
})

/** `spark.streaming.driver.writeAheadLog.*` and what belongs to it. @throws DStreamError MALFORMED_CONF_VALUE */
export const driverLogSettings = (settings: Settings, cipher: PayloadCipher): LogSettings => ({
  rollingIntervalMs: settings.driverLogRollingIntervalMs,
  closeFileAfterWrite: settings.driverLogCloseFileAfterWrite,
  maxFailures: settings.driverLogMaxFailures,
  retryForMs: settings.driverLogBatchingTimeoutMs,
  groupCommit: settings.driverLogAllowBatching,
  fsync: fsyncOf('spark.dstream.driver.writeAheadLog.fsync', settings.driverLogFsync),
  ...(settings.driverLogClass !== undefined && { implementation: settings.driverLogClass }),
  cipher,
})

function fsyncOf(key: string, text: string): FsyncPolicy {
  const word = text.trim().toLowerCase()
  if (word === 'commit' || word === 'never') return word
  const intervalMs = timeMsOf(key, text)
  return intervalMs > 0 ? { intervalMs } : 'commit'
}
