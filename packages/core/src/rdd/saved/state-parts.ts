import { isDeepStrictEqual } from 'node:util'
import type { FileSystem } from '../../storage/index.ts'
import { SavedState } from '../state/saved-state.ts'
import { StateCursor } from '../state/state-cursor.ts'
import { StateTable, TableView, type SavedVersion } from '../state/state-table.ts'
import { corruptState, StateFile, writeStateFile, type StateFrame } from './state-file.ts'
import { framesFor, type StateFrames } from './state-frames.ts'

/** An engine that cannot tell what has changed compares with what is on disk, where that is small. */
const mostCompared = 10_000

/** Where the part of a directory is. */
export type PartPath = (directory: string) => { readonly fileSystem: FileSystem; readonly path: string }

/** The part of one partition that was written. */
export interface SavedPart {
  readonly records: number
  readonly bytes: number
  /** How many directories it goes back to, one before the other: 0 for a snapshot. */
  readonly deltas: number
}

interface SavePart {
  readonly timeMs: number
  readonly timed: boolean
  readonly directory: string
  /** What was saved before, the newest first, each of them needed by the one before it. */
  readonly bases: readonly string[]
  readonly partOf: PartPath
}

/**
 * Writes the state of a partition: what has changed since the newest base, where that is known, is little, and the chain of deltas is not too long; else
 * everything. What is written is what the version holds at the call, or where it was held for saving, what it held when it was made; later steps on the
 * same table may run while the file is being written, and change objects in place.
 * @throws DStreamError STATE_MOVED_ON where later steps may have changed its objects in place already
 */
export async function saveStatePart(records: Iterable<unknown>, save: SavePart): Promise<SavedPart> {
  const { timeMs, timed, directory, bases, partOf } = save
  const view = records instanceof StateCursor ? records.view : await viewOf(records, save)
  const { guard, saves } = view.table
  if (bases[0] !== undefined) saves.dropAfter(bases[0])
  const base = bases[0] === undefined ? undefined : saves.get(bases[0])
  const frames = firstTold(view, () => framesFor(view, base, timed))
  const before = frames.base === undefined ? undefined : base!
  const { fileSystem, path } = partOf(directory)
  const head = { timeMs, timed, ...(before && { base: before.file }) }
  guard.add(frames)
  const { bytes, checksum } = await writeStateFile(fileSystem, path, head, frames)
    .catch((error: unknown) => {
      failures.set(view, error)
      throw error
    })
    .finally(() => guard.delete(frames))
  const saved: SavedVersion = {
    step: view.madeBy,
    file: { timeMs, checksum },
    deltas: before === undefined ? 0 : before.deltas + 1,
    deltaBytes: before === undefined ? 0 : before.deltaBytes + bytes,
    snapshotBytes: before?.snapshotBytes ?? bytes,
  }
  saves.add(directory, saved, bases[0])
  return { records: view.size, bytes, deltas: saved.deltas }
}

/** Why a version could not be written. What was held of it is gone then, so that a second try may find that the state has moved on: that is not why. */
const failures = new WeakMap<TableView, unknown>()

function firstTold(view: TableView, frames: () => StateFrames): StateFrames {
  try {
    return frames()
  } catch (error) {
    throw failures.get(view) ?? error
  }
}

/** A table of records whose engine does not know what has changed: compared with what is on disk. */
async function viewOf(records: Iterable<unknown>, { timed, bases, partOf }: SavePart): Promise<TableView> {
  const triples = timed ? (records as Iterable<[unknown, unknown, number]>) : untimed(records)
  if (bases.length === 0) return TableView.of(triples, 'first')
  const now = TableView.of(triples, 'first')
  if (now.size > mostCompared) return now
  const before = await readStatePart(bases, partOf).catch(() => undefined)
  return before === undefined || before.size > mostCompared
    ? now
    : before.view.step(step => {
        const { table } = step
        const length = table.keys.length
        for (const [key, state, updatedMs] of now.entries()) {
          const slot = table.slotFor(key)
          if (!isDeepStrictEqual(table.states[slot], state) || table.updatedMs[slot] !== updatedMs)
            step.set(slot, state, updatedMs)
        }
        for (let slot = 0; slot < length; slot++)
          if (table.states[slot] !== undefined && !now.holds(table.keys[slot])) step.set(slot, undefined, 0)
      })
}

function* untimed(records: Iterable<unknown>): Generator<[unknown, unknown, number]> {
  for (const [key, state] of records as Iterable<[unknown, unknown]>) yield [key, state, 0]
}

/**
 * The state of a partition from its newest file and those that it goes back to.
 *
 * @param directories the newest first
 * @throws DStreamError CORRUPT_CHECKPOINT, FORMAT_TOO_NEW, STORAGE_…
 */
export async function readStatePart(directories: readonly string[], partOf: PartPath): Promise<SavedState> {
  const files: { readonly file: StateFile; readonly path: string }[] = []
  for (const directory of directories) {
    const { fileSystem, path } = partOf(directory)
    const file = new StateFile(await bytesOf(fileSystem, path), path)
    files.push({ file, path })
    if (file.head.base === undefined) return stateOf(files.reverse(), directories)
  }
  throw corruptState(files.at(-1)?.path ?? '', 'it is a delta, and what it goes back to is not known')
}

async function bytesOf(store: FileSystem, path: string): Promise<Buffer> {
  const reader = await store.open(path)
  try {
    const bytes = Buffer.from(new ArrayBuffer(reader.length))
    if ((await reader.readInto(bytes, 0)) !== bytes.length)
      throw corruptState(path, 'it became shorter while it was read')
    return bytes
  } finally {
    await reader.close()
  }
}

/** Oldest first. */
function stateOf(
  files: readonly { readonly file: StateFile; readonly path: string }[],
  directories: readonly string[],
): SavedState {
  const table = new StateTable()
  table.reserve(files[0]!.file.expectedKeys)
  for (const [i, { file, path }] of files.entries()) {
    const { base } = file.head
    const before = files[i - 1]?.file
    if (base !== undefined && (before!.head.timeMs !== base.timeMs || before!.checksum !== base.checksum))
      throw corruptState(path, `it is a delta to another file than ${files[i - 1]!.path}`)
    for (const frame of file.frames()) apply(table, frame, base === undefined)
  }
  const newest = files.at(-1)!.file
  table.saves.add(
    directories[0]!,
    {
      step: table.steps,
      file: { timeMs: newest.head.timeMs, checksum: newest.checksum },
      deltas: files.length - 1,
      deltaBytes: files.slice(1).reduce((sum, { file }) => sum + file.length, 0),
      snapshotBytes: files[0]!.file.length,
    },
    undefined,
  )
  return new SavedState(TableView.whole(table), newest.head.timed)
}

function apply(table: StateTable, frame: StateFrame, isSnapshot: boolean): void {
  if (frame.kind === 'removed') for (const key of frame.keys) table.put(key, undefined, 0)
  else if (isSnapshot) table.append(frame.keys, frame.hashes, frame.states, frame.updatedMs)
  else for (let i = 0; i < frame.keys.length; i++) table.put(frame.keys[i], frame.states[i], frame.updatedMs[i] ?? 0)
}
