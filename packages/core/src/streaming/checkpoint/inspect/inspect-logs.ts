import type { FileSystem } from '../../../storage/index.ts'
import { DStreamError } from '../../../errors/dstream-error.ts'
import { DriverLog, stateOf, type DriverState } from '../../write-ahead-log/driver-log/index.ts'
import { readLog, reportTexts, type LogReport } from '../../write-ahead-log/index.ts'
import { writtenBy } from '../claim-checkpoint.ts'
import type { CheckpointContent } from '../schema/index.ts'
import { readingCipher } from '../reading-cipher.ts'
import { receiverLogDirectory, receiverLogNumbers } from '../receiver-logs.ts'
import { driverLogDirectory, snapshotIn } from '../run-log.ts'
import type { InspectedLog } from './inspection.ts'

/** What the logs of a directory say. */
export interface FoundLogs {
  readonly log: InspectedLog
  /** Blocks that wait for a batch, by the number of their input. */
  readonly waitingByInput: ReadonlyMap<number, number>
}

interface LogsPlace {
  readonly fileSystem: FileSystem
  /** The checkpoint directory. */
  readonly directory: string
}

/** Reads the driver's log behind the checkpoint, and looks through those of the receivers for damage. */
export async function inspectLogs(
  place: LogsPlace,
  content: CheckpointContent | undefined,
  damaged: (what: string) => void,
): Promise<FoundLogs> {
  const state = await driverState(place, content, damaged)
  for (const number of await receiverLogNumbers(place)) {
    const directory = receiverLogDirectory(place.directory, number)
    tellDamage(
      directory,
      await readLog({ ...place, directory, cipher: readingCipher(), onMissing: 'skip' }, () => {}),
      damaged,
    )
  }
  const waitingByInput = new Map<number, number>()
  for (const { streamId } of state.blocks.unallocated)
    waitingByInput.set(streamId, (waitingByInput.get(streamId) ?? 0) + 1)
  return { log: logOf(state, content?.progress.batchMs ?? -Infinity), waitingByInput }
}

/** What the checkpoint and the log behind it lead to; the checkpoint alone where its log is one that cannot be opened here. */
async function driverState(
  { fileSystem, directory }: LogsPlace,
  content: CheckpointContent | undefined,
  damaged: (what: string) => void,
): Promise<DriverState> {
  const snapshot = content?.progress.log && snapshotIn(content.progress.log)
  const driver = driverLogDirectory(directory)
  const options = {
    fileSystem,
    directory: driver,
    cipher: readingCipher(),
    ...(content && writtenBy(content.application)),
  }
  try {
    const { state, report } = await DriverLog.read(options, snapshot)
    tellDamage(driver, report, damaged)
    return state
  } catch (error) {
    if (!(error instanceof DStreamError) || error.code !== 'WRITE_AHEAD_LOG_CLASS') throw error
    damaged(`What the driver’s log holds behind the checkpoint is not shown: ${error.message}`)
    return snapshot?.state ?? stateOf([])
  }
}

function logOf({ blocks, batches }: DriverState, batchMs: number): InspectedLog {
  const { unallocated } = blocks
  const times = new Set([...batches.keys(), ...blocks.batches.keys()])
  return {
    blocksWaiting: unallocated.length,
    bytesWaiting: unallocated.reduce((sum, { block }) => sum + block.length, 0),
    batchesAfter: [...times]
      .filter(timeMs => timeMs > batchMs)
      .sort((a, b) => a - b)
      .map(timeMs => ({ batchMs: timeMs, completed: batches.get(timeMs)?.completed === true })),
  }
}

function tellDamage(directory: string, report: LogReport, damaged: (what: string) => void): void {
  const texts = reportTexts(directory, report)
  for (const text of [...texts.damaged, ...texts.missing]) damaged(text)
}
