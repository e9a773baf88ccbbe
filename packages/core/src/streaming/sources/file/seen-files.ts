import { dirname } from 'node:path'

/** Up to which batch files were seen: what could not be looked at since may be older by as much when it can, and is remembered as much longer. */
export interface SeenFiles {
  /** The newest batch for which the place was looked through. */
  readonly upToMs: number
  /** The directories that could not be listed then, and the files that could not be opened, each with the newest batch for which it was seen. */
  readonly unseen: ReadonlyMap<string, number>
}

/** The newest batch for which a file was seen, or would have been. */
export const seenUpToMs = ({ upToMs, unseen }: SeenFiles, path: string): number =>
  unseen.get(path) ?? unseen.get(dirname(path)) ?? upToMs

/**
 * What is seen after another batch. Of what cannot be looked at for ever only its path is kept.
 *
 * @param failed the paths of what could not be looked at; undefined among them: nothing could
 */
export function seenAfter(before: SeenFiles, batchMs: number, failed: readonly (string | undefined)[]): SeenFiles {
  if (failed.includes(undefined)) return before
  const unseen = new Map<string, number>()
  for (const path of failed as readonly string[]) unseen.set(path, seenUpToMs(before, path))
  // A file that could not be opened cannot be looked at either while its directory cannot be listed.
  for (const [path, sinceMs] of before.unseen) if (unseen.has(dirname(path))) unseen.set(path, sinceMs)
  return { upToMs: batchMs, unseen }
}
