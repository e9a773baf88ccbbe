import { writeFileSync } from 'node:fs'
import { DStreamError } from '../../errors/dstream-error.ts'
import { createLog, type Logger } from '../../logging/index.ts'
import { SystemClock } from '../../time/index.ts'
import { readDriverLog, writtenBy } from '../checkpoint/claim-checkpoint.ts'
import {
  diffProgram,
  refusedProgram,
  type CheckpointDiff,
  type ComparedCheckpoint,
} from '../checkpoint/diff/checkpoint-diff.ts'
import { readCheckpoint } from '../checkpoint/read-checkpoint.ts'
import { readingCipher } from '../checkpoint/reading-cipher.ts'
import { shownConfiguration } from '../checkpoint/shown-configuration.ts'
import { beginsAnew, noCheckpoint } from '../errors.ts'
import type { CreateStreamingContext, GetOrCreateOptions } from './get-or-create.ts'
import { rebuiltContext, type NewContext } from './rebuild-context.ts'
import type { StreamingContext } from './streaming-context.ts'

/**
 * What is read of a directory to compare a program with. Nothing is written there, and nobody's right to it is taken.
 * @throws DStreamError NO_CHECKPOINT, CHECKPOINT_UNREADABLE
 */
export async function comparedCheckpoint(directory: string, logger: Logger): Promise<ComparedCheckpoint> {
  const found = await readCheckpoint(directory, logger)
  if (found === undefined) throw noCheckpoint(directory)
  const { batchMs, log } = found.content.progress
  const means = { cipher: readingCipher(), ...writtenBy(found.content.application) }
  const { state } = await readDriverLog(directory, log, logger, means)
  const times = new Set([...state.batches.keys(), ...state.blocks.batches.keys(), ...state.inputs.keys()])
  return { ...found, batchesAfter: [...times].filter(timeMs => timeMs > batchMs) }
}

/** What starting this context would come to. */
export const diffContext = (compared: ComparedCheckpoint, made: StreamingContext): CheckpointDiff =>
  diffProgram(compared, made.graph, shownConfiguration(made.sparkContext.getConf()))

/** The name of the variable by which a process is told to compare instead of to start: `{ "directory": …, "result": file }` as JSON. */
const variable = 'DSTREAM_DRY_RUN'

/** A process that ends when its program starts streams, and says what that would have come to. */
export interface DryRun {
  /** In place of recovering: makes the context, and remembers what to compare it with. */
  getOrCreate(
    create: CreateStreamingContext | null,
    options: GetOrCreateOptions,
    newContext: NewContext,
  ): Promise<StreamingContext>
  /** In place of starting: never comes back. */
  start(made: StreamingContext): never
}

/** The dry run that this process was told to be; undefined: it runs. */
export function dryRun(): DryRun | undefined {
  const text = process.env[variable]
  if (text === undefined) return undefined
  const { directory, result } = JSON.parse(text) as { readonly directory: string; readonly result: string }
  return dryRunOf(directory, diff => {
    writeFileSync(result, JSON.stringify(diff))
    process.exit(0)
  })
}

const compared = new WeakMap<StreamingContext, ComparedCheckpoint>()

const dryRunOf = (directory: string, end: (diff: CheckpointDiff) => never): DryRun => ({
  async getOrCreate(create, options, newContext) {
    try {
      const logger = createLog({ clock: new SystemClock() }).logger('CheckpointReader')
      const checkpoint = await comparedCheckpoint(directory, logger)
      const made = await (create === null
        ? rebuiltContext(checkpoint.content, directory, options, newContext)
        : create())
      compared.set(made, checkpoint)
      return made
    } catch (error) {
      if (error instanceof DStreamError) return end(refusedProgram(error))
      throw error
    }
  },
  start(made) {
    const checkpoint = compared.get(made)
    return end(checkpoint === undefined ? refusedProgram(beginsAnew()) : diffContext(checkpoint, made))
  },
})
