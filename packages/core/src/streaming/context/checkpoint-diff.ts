import { activeSparkContext } from '../../context/spark-context.ts'
import { createLog } from '../../logging/index.ts'
import { SystemClock } from '../../time/index.ts'
import type { CheckpointDiff } from '../checkpoint/diff/checkpoint-diff.ts'
import { comparedCheckpoint, diffContext } from './dry-run.ts'
import type { CreateStreamingContext } from './get-or-create.ts'

/**
 * What would come of `getOrCreate(directory, create)` and `start()`: which streams would be kept, changed, dropped and added, and everything for which the program would be
 * refused. Nothing is received, run or written, and the directory stays with whoever works in it.
 *
 * `create` is called, and the context that it makes is stopped afterwards; its SparkContext too, unless there was one before.
 *
 * @throws DStreamError NO_CHECKPOINT, CHECKPOINT_UNREADABLE (rejection)
 * @see docs/upgrading.md; on the command line it is `dstream checkpoint diff`
 * @example
 * await checkpointDiff('/no/such/directory', () => new StreamingContext(sc, Seconds(1))) // => throws NO_CHECKPOINT
 */
export async function checkpointDiff(directory: string, create: CreateStreamingContext): Promise<CheckpointDiff> {
  const before = activeSparkContext()
  const log = before?.log ?? createLog({ clock: new SystemClock() })
  const compared = await comparedCheckpoint(directory, log.logger('CheckpointReader'))
  const made = await create()
  try {
    return diffContext(compared, made)
  } finally {
    await made.stop({ stopSparkContext: before === undefined, stopGracefully: false })
  }
}
