import type { Logger } from '../../logging/index.ts'
import { DirectoryFence } from '../../storage/fence/index.ts'
import type { PayloadCipher } from '../../storage/encryption/index.ts'
import { fileSystemFor } from '../../storage/index.ts'
import type { Clock } from '../../time/index.ts'
import { DriverLog, type ReadDriverLog } from '../write-ahead-log/driver-log/index.ts'
import { reportTexts, type LogSettings } from '../write-ahead-log/index.ts'
import { listCheckpoints } from './files/index.ts'
import { readCheckpoint, type FoundCheckpoint } from './read-checkpoint.ts'
import { driverLogDirectory, snapshotIn } from './run-log.ts'
import type { ApplicationContent, LogContent } from './schema/index.ts'

/** A checkpoint to go on from, with what happened after it, and the right to write in its directory. */
export interface ClaimedCheckpoint extends FoundCheckpoint {
  readonly directory: string
  readonly fence: DirectoryFence
  /** The driver's log: the part that the checkpoint has, and the events behind it. */
  readonly log: ReadDriverLog
}

/**
 * Becomes the one process that works in a checkpoint directory, and reads where the program is: in this order, so that nothing is missed that the
 * process before still did. Undefined where there are no checkpoints.
 *
 * @throws DStreamError CHECKPOINT_UNREADABLE, DIRECTORY_IN_USE, and what reading a log throws
 */
export async function claimCheckpoint(
  directory: string,
  clock: Clock,
  logger: Logger,
  cipher: PayloadCipher,
): Promise<ClaimedCheckpoint | undefined> {
  const { fileSystem, path } = fileSystemFor(directory)
  if ((await listCheckpoints({ fileSystem, directory: path })).length === 0) return undefined
  const fence = await DirectoryFence.acquire({ fileSystem, directory: path, clock })
  try {
    const found = await readCheckpoint(directory, logger, cipher)
    if (found === undefined) return await released(fence)
    const { progress, application } = found.content
    const log = await readDriverLog(directory, progress.log, logger, { cipher, ...writtenBy(application) })
    return { ...found, directory, fence, log }
  } catch (error) {
    await fence.release()
    throw error
  }
}

/** What a checkpoint has of the driver's log, and what is behind that in the log. Damage is told to the log of the program. */
export async function readDriverLog(
  directory: string,
  content: LogContent | undefined,
  logger: Logger,
  settings: Pick<LogSettings, 'cipher' | 'implementation'>,
): Promise<ReadDriverLog> {
  const { fileSystem, path } = fileSystemFor(directory)
  const options = { ...settings, fileSystem, directory: driverLogDirectory(path) }
  const log = await DriverLog.read(options, content && snapshotIn(content))
  // Without a checkpoint nothing in the log is of use, whole or not.
  if (content === undefined) return log
  const { damaged, missing } = reportTexts(options.directory, log.report)
  for (const text of damaged) logger.warn(text)
  for (const text of missing)
    logger.error(`${text}: batches after the checkpoint may get other data than before, as the driver’s log has a gap`)
  return log
}

/** The log is where the program that wrote the checkpoint had it, whatever the new one uses. */
export function writtenBy({ configuration }: ApplicationContent): Pick<LogSettings, 'implementation'> {
  const implementation = new Map(configuration).get('spark.streaming.driver.writeAheadLog.class')
  return implementation === undefined ? {} : { implementation }
}

async function released(fence: DirectoryFence): Promise<undefined> {
  await fence.release()
  return undefined
}
