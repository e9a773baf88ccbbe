import { DStreamError } from '../../errors/dstream-error.ts'

/** Merges the results of partitions in the driver. An error of the user's function is given the action's name and place, as it would be in a task. */
export function merging<R>(action: string, site: string, merge: () => R): R {
  try {
    return merge()
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    throw new DStreamError(
      'ACTION_MERGE_FAILED',
      `The results of the partitions could not be merged in the driver: ${text}\n  in ${action} at ${site}`,
      { cause: error },
    )
  }
}
