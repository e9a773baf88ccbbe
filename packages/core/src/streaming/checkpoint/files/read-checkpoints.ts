import { crc32c } from '../../../storage/crc32c.ts'
import { openPayload, plainPayloads, type PayloadCipher } from '../../../storage/encryption/cipher.ts'
import type { FileReader, FileSystem } from '../../../storage/file-system.ts'
import { listIfThere } from '../../../storage/list-if-there.ts'
import { StorageError } from '../../../storage/storage-error.ts'
import { tooNew } from '../../write-ahead-log/log-errors.ts'
import { checkpointHeadBytes, checkpointVersion, decodeCheckpointHead } from './checkpoint-format.ts'
import type { CheckpointHead } from './checkpoint-format.ts'

/** Where checkpoints are, and the key to them. */
export interface CheckpointPlace {
  readonly fileSystem: FileSystem
  readonly directory: string
  readonly cipher?: PayloadCipher
}

/** A checkpoint file, as far as its name and its head tell. */
export interface CheckpointFile {
  readonly path: string
  readonly name: string
  /** From its name: the batch that it was written for, epoch ms. */
  readonly timeMs: number
  /** An earlier file for the same time, `checkpoint-<ms>.bk`. */
  readonly backup: boolean
  readonly length: number
  readonly modifiedMs: number
  /** What its head says, or `undefined` where that cannot be read. */
  readonly head: CheckpointHead | undefined
  /** Why it is no checkpoint, as far as the head shows. */
  readonly problem: string | undefined
}

/** A file that was not used, and why. */
export interface RejectedCheckpoint {
  readonly file: string
  readonly reason: string
}

/** What was found in a directory. */
export interface NewestCheckpoint<T> {
  readonly found: { readonly file: CheckpointFile; readonly content: T } | undefined
  /** Newer ones that could not be used. */
  readonly rejected: readonly RejectedCheckpoint[]
}

/**
 * The checkpoints of a directory, the one to be used first; `[]` where there is no directory. Of different processes the later one's count first, whatever their
 * times: what a process wrote after another had taken over is old. Files whose head cannot be read stand at the end.
 *
 * @example
 * await listCheckpoints({ fileSystem: new MemoryFileSystem(), directory: '/checkpoint' }) // => []
 */
export async function listCheckpoints({ fileSystem, directory }: CheckpointPlace): Promise<CheckpointFile[]> {
  const files: CheckpointFile[] = []
  for (const { path, name, length, modifiedMs } of await listIfThere(fileSystem, directory)) {
    const [, time, bk] = /^checkpoint-(\d{1,15})(\.bk)?$/.exec(name) ?? []
    if (time === undefined) continue
    const head = await headOf(fileSystem, path)
    const known = { path, name, timeMs: Number(time), backup: bk !== undefined, length, modifiedMs }
    const [good, problem] = typeof head === 'string' ? [undefined, head] : [head, undefined]
    files.push({ ...known, head: good, problem: problem ?? problemOf(known.timeMs, good) })
  }
  return files.sort(inOrder)
}

const inOrder = (a: CheckpointFile, b: CheckpointFile): number =>
  (b.head?.epoch ?? 0) - (a.head?.epoch ?? 0) || b.timeMs - a.timeMs || Number(a.backup) - Number(b.backup)

const problemOf = (timeMs: number, head: CheckpointHead | undefined): string | undefined =>
  head === undefined || head.timeMs === timeMs
    ? undefined
    : `it was written for time ${head.timeMs} ms, not ${timeMs} ms`

const headOf = (fileSystem: FileSystem, path: string): Promise<CheckpointHead | string> =>
  givenOrReason(() =>
    reading(fileSystem, path, async reader =>
      decodeCheckpointHead(await reader.read(0, checkpointHeadBytes), reader.length),
    ),
  )

async function reading<T>(
  fileSystem: FileSystem,
  path: string,
  action: (reader: FileReader) => Promise<T>,
): Promise<T> {
  const reader = await fileSystem.open(path)
  try {
    return await action(reader)
  } finally {
    await reader.close()
  }
}

/**
 * What a checkpoint holds, or as a text why it cannot be read.
 *
 * @throws DStreamError FORMAT_TOO_NEW, PAYLOAD_NOT_OPENED: the file may be whole, another version or key reads it
 */
export async function payloadOf(place: CheckpointPlace, file: CheckpointFile): Promise<Uint8Array | string> {
  const { fileSystem, cipher = plainPayloads } = place
  const { head, problem, path } = file
  if (head !== undefined && head.version > checkpointVersion) throw tooNew(path, head.version, checkpointVersion)
  if (problem !== undefined || head === undefined) return problem ?? 'it has no head'
  const payload = await reading(fileSystem, path, reader => reader.read(checkpointHeadBytes, head.payloadBytes))
  if (payload.length !== head.payloadBytes || crc32c(payload) !== head.payloadCrc) return 'the checksum of its content is wrong' // prettier-ignore
  return openPayload(cipher, payload, { sealed: head.encrypted, context: sealContext(head), file: path })
}

/** What a payload is bound to when it is encrypted. */
export const sealContext = ({ epoch, timeMs }: Pick<CheckpointHead, 'epoch' | 'timeMs'>): string =>
  `dstream checkpoint ${epoch} ${timeMs}`

/**
 * The newest checkpoint that can be read, and which newer ones cannot, with reasons. `decode` makes something of the content; where it throws, the
 * file is rejected with that reason too, and the one before is tried.
 *
 * @throws DStreamError FORMAT_TOO_NEW, PAYLOAD_NOT_OPENED: going back to an older one would lose work for want of a version or a key; StorageError when
 * the directory cannot be read at all
 * @example
 * const place = { fileSystem: new MemoryFileSystem(), directory: '/checkpoint' }
 * await readNewestCheckpoint(place, bytes => bytes.length) // => { found: undefined, rejected: [] }
 */
export async function readNewestCheckpoint<T>(
  place: CheckpointPlace,
  decode: (payload: Uint8Array, file: CheckpointFile) => T,
): Promise<NewestCheckpoint<T>> {
  const files = await listCheckpoints(place)
  const rejected: (RejectedCheckpoint & { readonly timeMs: number })[] = []
  const reject = (file: CheckpointFile, reason: string): void =>
    void rejected.push({ file: file.path, reason, timeMs: file.timeMs })
  for (const file of files) if (file.head === undefined) reject(file, file.problem ?? '')
  for (const file of files) {
    if (file.head === undefined) continue
    const payload = await givenOrReason(() => payloadOf(place, file))
    if (typeof payload === 'string') {
      reject(file, payload)
      continue
    }
    try {
      const found = { file, content: decode(payload, file) }
      // Older files are not needed: that one of them is broken is no news for a recovery.
      return { found, rejected: rejected.filter(one => one.timeMs >= file.timeMs).map(withoutTime) }
    } catch (error) {
      reject(file, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
    }
  }
  return { found: undefined, rejected: rejected.map(withoutTime) }
}

const withoutTime = ({ file, reason }: RejectedCheckpoint): RejectedCheckpoint => ({ file, reason })

/** A file that the disk does not give, or that has just been removed, is passed by, as one that is broken. */
async function givenOrReason<T>(read: () => Promise<T>): Promise<T | string> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof StorageError) return error.message.split('\n')[0] ?? ''
    throw error
  }
}
