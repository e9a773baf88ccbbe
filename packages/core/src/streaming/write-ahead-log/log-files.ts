import type { FileSystem } from '../../storage/file-system.ts'
import { listIfThere } from '../../storage/list-if-there.ts'
import { tooNew } from './log-errors.ts'
import { decodeFileHead, fileHeadBytes, logVersion } from './record-format.ts'
import { scanFile } from './scan-file.ts'

/** What the name of a log file says. */
export interface KnownFile {
  readonly path: string
  readonly name: string
  /** The time from which on nothing was written to it. */
  readonly stopMs: number
}

/** A file of a log. */
export interface LogFile extends KnownFile {
  readonly length: number
  /** From its name: when it was begun. */
  readonly startMs: number
  readonly epoch: number
  readonly previousEpoch: number
  readonly previousStartMs: number
  readonly firstSequence: number
  /** Nothing is known to be lost before that record: false where the head is broken and more bytes behind it. */
  readonly startsWhole: boolean
}

/** A file of a log, and how far it counts. */
export interface ChainedFile {
  readonly file: LogFile
  /** Records from this number on do not count: a later file has them, or has begun without them. */
  readonly before: number
}

export const fileName = (startMs: number, stopMs: number): string => `log-${startMs}-${stopMs}`

/** Where a log's next record goes. */
export interface LogEnd {
  readonly nextSequence: number
  /** The epoch of the last file that was read, and its start; 0 for an empty log. */
  readonly epoch: number
  readonly startMs: number
}

/** What is in a log's directory. */
export interface LogListing {
  /** In the order in which they were written: by epoch, within one by the start in the name, which only rises. */
  readonly files: readonly LogFile[]
  /** Files in which nothing is readable. */
  readonly lost: readonly (KnownFile & { readonly length: number })[]
  /** Paths of temporary files that a crash has left. */
  readonly leftovers: readonly string[]
}

/** Looks through a log's directory. @throws DStreamError FORMAT_TOO_NEW, StorageError */
export async function logFiles(fileSystem: FileSystem, directory: string): Promise<LogListing> {
  const files: LogFile[] = []
  const lost: (KnownFile & { length: number })[] = []
  const leftovers: string[] = []
  for (const { path, name, length } of await listIfThere(fileSystem, directory)) {
    if (/^\.log-.*\.tmp$/.test(name)) leftovers.push(path)
    const [, start, stop] = /^log-(\d{1,15})-(\d{1,15})$/.exec(name) ?? []
    if (start === undefined || stop === undefined) continue
    const known = { path, name, length, stopMs: Number(stop) }
    const place = await placeOf(fileSystem, path)
    if (place === undefined) lost.push(known)
    else files.push({ ...known, startMs: Number(start), ...place })
  }
  return { files: files.sort((a, b) => a.epoch - b.epoch || a.startMs - b.startMs), lost, leftovers }
}

type Place = Pick<LogFile, 'epoch' | 'previousEpoch' | 'previousStartMs' | 'firstSequence' | 'startsWhole'>

/** What the head of a file says, or the first record of one whose head is broken. */
async function placeOf(fileSystem: FileSystem, path: string): Promise<Place | undefined> {
  const reader = await fileSystem.open(path)
  try {
    const head = decodeFileHead(await reader.read(0, fileHeadBytes))
    if (typeof head === 'object') {
      if (head.version > logVersion) throw tooNew(path, head.version, logVersion)
      return { ...head, startsWhole: true }
    }
    let place: Place | undefined
    await scanFile(reader, {
      record({ epoch, sequence, offset }) {
        // What its writer went on from is not known: anything before it may count.
        const startsWhole = offset === fileHeadBytes
        place = { epoch, previousEpoch: epoch, previousStartMs: Infinity, firstSequence: sequence, startsWhole }
        return false
      },
      damage() {},
    })
    return place
  } finally {
    await reader.close()
  }
}

export const emptyLog: LogEnd = { nextSequence: 1, epoch: 0, startMs: 0 }

/**
 * The files that count, oldest first, and how far each does. A file outdoes what earlier ones have from its first number on: that
 * was never acknowledged (a write that failed and was done again, a writer that was fenced off), or was given up on recovery. And files that
 * the next epoch's writer did not see when it began do not count: what they hold was written after the take-over.
 */
export function chainOf(files: readonly LogFile[]): ChainedFile[] {
  const chain: ChainedFile[] = []
  let before = Infinity
  let epoch = Infinity
  let goesOnFrom: Order = { epoch: Infinity, startMs: Infinity }
  for (const file of files.toReversed()) {
    if (file.epoch !== epoch && isBehind(file, goesOnFrom)) continue
    chain.unshift({ file, before })
    before = Math.min(before, file.firstSequence)
    epoch = file.epoch
    goesOnFrom = { epoch: file.previousEpoch, startMs: file.previousStartMs }
  }
  return chain
}

type Order = Pick<LogFile, 'epoch' | 'startMs'>

const isBehind = (file: Order, other: Order): boolean =>
  file.epoch > other.epoch || (file.epoch === other.epoch && file.startMs > other.startMs)

/** Where the log ends, from its last file alone: one that has no record says what its first would have been. */
export async function endOf(fileSystem: FileSystem, chain: readonly ChainedFile[]): Promise<LogEnd> {
  const file = chain.at(-1)?.file
  if (file === undefined) return emptyLog
  let nextSequence = file.firstSequence
  const reader = await fileSystem.open(file.path)
  try {
    await scanFile(reader, { record: ({ sequence }) => void (nextSequence = sequence + 1), damage() {} })
  } finally {
    await reader.close()
  }
  return { nextSequence, epoch: file.epoch, startMs: file.startMs }
}
