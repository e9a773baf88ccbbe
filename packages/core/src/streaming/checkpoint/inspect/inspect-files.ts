import { DStreamError } from '../../../errors/dstream-error.ts'
import { fileSystemFor } from '../../../storage/index.ts'
import { listCheckpoints, payloadOf, type CheckpointFile, type CheckpointPlace } from '../files/index.ts'
import { readingCipher } from '../reading-cipher.ts'
import { placedIn } from '../saved-places.ts'
import { decodeCheckpoint, type CheckpointContent } from '../schema/index.ts'
import type { InspectedFile } from './inspection.ts'

/** The checkpoint files of a directory, and the content of the one that a restart uses. */
export interface InspectedFiles {
  readonly files: readonly InspectedFile[]
  readonly used: { readonly path: string; readonly content: CheckpointContent } | undefined
}

/** Reads every checkpoint file. A restart tries them in the same order and takes the first that is whole. */
export async function inspectFiles(uri: string): Promise<InspectedFiles> {
  const { fileSystem, path: directory } = fileSystemFor(uri)
  const place = { fileSystem, directory, cipher: readingCipher() }
  const files: InspectedFile[] = []
  let used: InspectedFiles['used']
  let ended = false
  for (const file of await listCheckpoints(place)) {
    const read = await contentOrProblem(uri, place, file)
    const { path, timeMs: batchMs, length: bytes, head } = file
    const problem = 'content' in read ? undefined : read.problem
    files.push({ path, batchMs, writtenMs: head?.writtenMs, epoch: head?.epoch, bytes, problem })
    if ('content' in read && !ended) used ??= { path, content: read.content }
    ended ||= 'problem' in read && read.isOfOthers && used === undefined
  }
  return { files, used }
}

type Read =
  | { readonly content: CheckpointContent }
  | { readonly problem: string; /** Another version or key may read it. */ readonly isOfOthers: boolean }

const ofOthers = ['FORMAT_TOO_NEW', 'PAYLOAD_NOT_OPENED', 'ENCRYPTION_KEY']

async function contentOrProblem(uri: string, place: CheckpointPlace, file: CheckpointFile): Promise<Read> {
  try {
    const payload = await payloadOf(place, file)
    return typeof payload === 'string'
      ? { problem: payload, isOfOthers: false }
      : { content: placedIn(uri, decodeCheckpoint(payload)) }
  } catch (error) {
    if (!(error instanceof DStreamError)) throw error
    return { problem: error.message.split('\n')[0] ?? '', isOfOthers: ofOthers.includes(error.code) }
  }
}
