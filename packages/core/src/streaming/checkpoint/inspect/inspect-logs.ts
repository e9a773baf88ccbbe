import type { FileSystem } from '../../../storage/index.ts'
import { DriverLog, type DriverState } from '../../write-ahead-log/driver-log/index.ts'
import { readLog, reportTexts, type LogReport } from '../../write-ahead-log/index.ts'
import type { ProgressContent } from '../schema/index.ts'
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
  progress: ProgressContent | undefined,
  damaged: (what: string) => void,
): Promise<FoundLogs> {
  const state = await driverState(place, progress, damaged)
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
  return { log: logOf(state, progress?.batchMs ?? -Infinity), waitingByInput }
}

async function driverState(
  { fileSystem, directory }: LogsPlace,
  progress: ProgressContent | undefined,
  damaged: (what: string) => void,
): Promise<DriverState> {
  const snapshot = progress?.log && snapshotIn(progress.log)
  const driver = driverLogDirectory(directory)
  const { state, report } = await DriverLog.read({ fileSystem, directory: driver, cipher: readingCipher() }, snapshot)
  tellDamage(driver, report, damaged)
  return state
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
