import { DStreamError } from '../errors/dstream-error.ts'

/** @param site where the one that runs was made */
export const contextExists = (site: string): DStreamError =>
  new DStreamError(
    'CONTEXT_EXISTS',
    `Only one SparkContext should be running in this process (see SPARK-2243). The currently running SparkContext was created at: ${site}`,
    { hint: 'Stop it first (await sc.stop()), or use SparkContext.getOrCreate().' },
  )

/** @param site where it was made */
export const contextStopped = (site: string): DStreamError =>
  new DStreamError('CONTEXT_STOPPED', `Cannot call methods on a stopped SparkContext. It was created at: ${site}`, {
    hint: 'Make a new SparkContext, or stop this one later.',
  })
