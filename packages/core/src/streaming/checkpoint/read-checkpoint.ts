import type { Logger } from '../../logging/index.ts'
import type { PayloadCipher } from '../../storage/encryption/index.ts'
import { fileSystemFor } from '../../storage/index.ts'
import { unreadableCheckpoints } from '../errors.ts'
import { listCheckpoints, readNewestCheckpoint, type RejectedCheckpoint } from './files/index.ts'
import { readingCipher } from './reading-cipher.ts'
import { placedIn } from './saved-places.ts'
import { decodeCheckpoint, type CheckpointContent } from './schema/index.ts'

/** A checkpoint that was read. */
export interface FoundCheckpoint {
  readonly content: CheckpointContent
  readonly file: string
  /** Newer ones that could not be read, and why. */
  readonly skipped: readonly RejectedCheckpoint[]
}

/**
 * The newest checkpoint of a directory that can be read; undefined when there is none at all.
 *
 * @throws DStreamError CHECKPOINT_UNREADABLE when there are some, and none of them can be used; PAYLOAD_NOT_OPENED, ENCRYPTION_KEY
 * @see Spark's `CheckpointReader.read`
 */
export async function readCheckpoint(
  uri: string,
  logger: Logger,
  cipher: PayloadCipher = readingCipher(),
): Promise<FoundCheckpoint | undefined> {
  const { fileSystem, path: directory } = fileSystemFor(uri)
  const files = await listCheckpoints({ fileSystem, directory })
  if (files.length === 0) return undefined
  logger.info(() => `Checkpoint files found: ${files.map(file => file.path).join(',')}`)
  const { found, rejected } = await readNewestCheckpoint({ fileSystem, directory, cipher }, (payload, { path }) => {
    logger.info(() => `Attempting to load checkpoint from file ${path}`)
    const content = placedIn(uri, decodeCheckpoint(payload))
    refuseQueues(content)
    return content
  })
  for (const { file, reason } of rejected) logger.warn(`Error reading checkpoint from file ${file}: ${reason}`)
  if (found === undefined) {
    throw unreadableCheckpoints(
      uri,
      rejected.map(({ file, reason }) => `${file}: ${reason}`),
    )
  }
  const { content, file } = found
  logger.info(() => `Checkpoint successfully loaded from file ${file.path}`)
  logger.info(() => `Checkpoint was generated at time ${content.progress.batchMs} ms`)
  return { content, file: file.path, skipped: rejected }
}

/** @throws Error in Spark's words */
function refuseQueues({ graph }: CheckpointContent): void {
  if (graph.inputs.some(input => input.source.kind === 'queue')) {
    throw new Error(
      "queueStream doesn't support checkpointing. Please don't use queueStream when checkpointing is enabled.",
    )
  }
}
