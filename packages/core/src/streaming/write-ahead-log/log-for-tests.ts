import type { Fence } from '../../storage/fence/fence.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { ManualClock } from '../../time/manual-clock.ts'
import type { CustomWriteAheadLog } from './custom-log.ts'
import { readLog, type LogReport, type ReadLogOptions } from './read-log.ts'
import { WriteAheadLog, type WriteAheadLogOptions } from './write-ahead-log.ts'

/** What the tests of this folder share: logs of texts in `/log`. */
export const directory = '/log'

/** A fence that nobody takes over. */
export const fenceOf = (epoch: number): Fence => ({ epoch, check: async () => undefined })

export const open = (fileSystem: FileSystem, more: Partial<WriteAheadLogOptions> = {}): Promise<WriteAheadLog> =>
  WriteAheadLog.open({ fileSystem, directory, clock: new ManualClock(1000), fence: fenceOf(1), ...more })

export const bytesOf = (text: string): Uint8Array => Buffer.from(text)
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

/** What a log holds, as texts. */
export async function texts(
  fileSystem: FileSystem,
  more: Partial<ReadLogOptions> = {},
): Promise<{ texts: string[]; report: LogReport }> {
  const found: string[] = []
  const report = await readLog({ fileSystem, directory, ...more }, ({ payload }) => void found.push(textOf(payload)))
  return { texts: found, report }
}

/** The content of a file. */
export async function contentOf(fileSystem: FileSystem, path: string): Promise<Uint8Array> {
  const reader = await fileSystem.open(path)
  const content = await reader.read(0, reader.length)
  await reader.close()
  return content
}

/** A record of a log that is kept in a table; undefined once it is not needed any more. */
export type Row = readonly [timeMs: number, record: Uint8Array] | undefined

/** A log that lets go at once of what it is told not to be needed any more. */
export const logInRows = (rows: Row[]): CustomWriteAheadLog => ({
  write: async (record, timeMs) => rows.push([timeMs, new Uint8Array(record)]) - 1,
  read: async row => rows[row as number]![1],
  readAll: () => rows.flatMap(row => (row === undefined ? [] : [row[1]])),
  clean: async thresholdMs => rows.forEach((row, i) => row && row[0] < thresholdMs && (rows[i] = undefined)),
  close: async () => undefined,
})
