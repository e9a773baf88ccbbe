import { createLog, type Log } from '../../logging/index.ts'
import { SparkConf } from '../../context/spark-conf.ts'
import { readConf } from '../../context/spark-conf-read.ts'
import { activeSparkContext, type SparkContext } from '../../context/spark-context.ts'
import type { Settings } from '../../context/keys.ts'
import { DirectoryInUseError } from '../../storage/fence/index.ts'
import { SystemClock, type Clock } from '../../time/index.ts'
import { claimCheckpoint, type ClaimedCheckpoint } from '../checkpoint/claim-checkpoint.ts'
import { readingCipher } from '../checkpoint/reading-cipher.ts'
import { noCheckpoint } from '../errors.ts'
import { isWithoutMeans } from '../write-ahead-log/log-errors.ts'
import type { StreamingEnvironment } from './context-arguments.ts'
import { dryRun } from './dry-run.ts'
import { rebuildContext, type NewContext } from './rebuild-context.ts'
import type { StreamingContext } from './streaming-context.ts'

/** Makes a context with all its streams and outputs. A driver function: it runs at every start. */
export type CreateStreamingContext = () => StreamingContext | Promise<StreamingContext>

/** How `getOrCreate` recovers. */
export interface GetOrCreateOptions {
  /** Where the checkpoints cannot be read, begin anew instead of failing. */
  readonly createOnError?: boolean
  /** Without `create`: the configuration of the new process. Default: that of the command line, the properties file and the environment. */
  readonly conf?: SparkConf
  /** Without `create`: the SparkContext to run on. Default: the one that runs, or a new one. */
  readonly sparkContext?: SparkContext
  /** Without `create`: the clock, and where `print()` writes. With it: the clock by which the checkpoint directory is held. */
  readonly environment?: StreamingEnvironment
}

export async function getOrCreate(
  directory: string,
  create: CreateStreamingContext | null,
  options: GetOrCreateOptions,
  newContext: NewContext,
): Promise<StreamingContext> {
  const dry = dryRun()
  if (dry !== undefined) return dry.getOrCreate(create, options, newContext)
  const clock = options.environment?.clock ?? new SystemClock()
  const place = { directory, clock, tolerant: create !== null && options.createOnError === true }
  const known = (options.sparkContext ?? activeSparkContext())?.settings
  const settings = known ?? readConf(options.conf ?? new SparkConf(), () => {})
  let claimed: ClaimedCheckpoint | 'not opened' | undefined
  try {
    claimed = await claim(place, settings).catch((error: unknown) => {
      // `create` may know the key.
      if (create === null || !isWithoutMeans(error)) throw error
      return 'not opened' as const
    })
    if (create === null) {
      if (claimed === undefined || claimed === 'not opened') throw noCheckpoint(directory)
      return await rebuildContext(claimed, options, newContext)
    }
    const made = await create()
    if (claimed === 'not opened') claimed = await claim(place, made.sparkContext.settings)
    if (claimed !== undefined) made.recoverFrom(claimed)
    if (!made.isCheckpointed) {
      const logger = made.sparkContext.log.logger('StreamingContext')
      logger.warn(`Nothing is written to ${directory}, so every start begins anew: call ssc.checkpoint('${directory}') in the function given to getOrCreate`) // prettier-ignore
    }
    return made
  } catch (error) {
    if (typeof claimed === 'object') await claimed.fence.release()
    throw error
  }
}

interface Place {
  readonly directory: string
  readonly clock: Clock
  /** Where nothing can be read, begin anew. */
  readonly tolerant: boolean
}

async function claim(
  { directory, clock, tolerant }: Place,
  settings: Settings,
): Promise<ClaimedCheckpoint | undefined> {
  const logger = (activeSparkContext()?.log ?? ownLog(settings)).logger('CheckpointReader')
  try {
    return await claimCheckpoint(directory, clock, logger, readingCipher(settings))
  } catch (error) {
    // Who holds the directory is no reason to begin anew beside it; a missing key is none to begin anew in place of what it opens.
    if (!tolerant || error instanceof DirectoryInUseError || isWithoutMeans(error)) throw error
    logger.warn(`The checkpoints in ${directory} cannot be read: a new context is made`, error)
    return undefined
  }
}

/** There is no SparkContext yet whose log it could be. */
function ownLog({ logLevel }: Settings): Log {
  const log = createLog({ clock: new SystemClock() })
  if (logLevel !== undefined) log.setLogLevel(logLevel)
  return log
}
