import type { FoundCheckpoint } from '../checkpoint/read-checkpoint.ts'
import { factoryNeeded } from '../errors.ts'
import type { GetOrCreateOptions } from './get-or-create.ts'
import type { StreamingContext } from './streaming-context.ts'

/** A context made of nothing but a checkpoint. @throws DStreamError CHECKPOINT_NEEDS_FACTORY */
export async function rebuildContext(
  { content }: FoundCheckpoint,
  directory: string,
  _options: GetOrCreateOptions,
): Promise<StreamingContext> {
  throw factoryNeeded(directory, content.problems)
}
