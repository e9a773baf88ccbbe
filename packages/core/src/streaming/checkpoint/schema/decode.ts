import { DStreamError } from '../../../errors/dstream-error.ts'
import { corruptCheckpoint } from './check.ts'
import { checkContent } from './checks.ts'
import { checkpointVersion, type CheckpointContent } from './content.ts'
import { fromJson } from './plain-json.ts'

/**
 * The content that these bytes say.
 * @throws DStreamError CORRUPT_CHECKPOINT when they are no checkpoint, CHECKPOINT_VERSION when another version of the schema wrote them
 */
export function decodeCheckpoint(bytes: Uint8Array): CheckpointContent {
  const json = parse(bytes)
  const version = (json as { readonly version?: unknown } | null)?.version
  if (typeof version === 'number' && version !== checkpointVersion) {
    throw new DStreamError(
      'CHECKPOINT_VERSION',
      `The checkpoint is of version ${version}, and this program reads version ${checkpointVersion}`,
      { hint: 'Go on with the version of dstream that wrote it, or begin with an empty directory.' },
    )
  }
  try {
    const value = fromJson(json)
    checkContent(value)
    return value
  } catch (error) {
    throw corruptCheckpoint(error)
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch (error) {
    throw corruptCheckpoint(error)
  }
}
