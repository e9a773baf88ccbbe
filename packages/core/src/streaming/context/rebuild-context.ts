import { closuresIn } from '../../closures/index.ts'
import { SparkConf } from '../../context/spark-conf.ts'
import { SparkContext } from '../../context/spark-context.ts'
import { Milliseconds, type Duration } from '../../time/index.ts'
import { DriverFunctions } from '../checkpoint/captured-driver.ts'
import type { ClaimedCheckpoint } from '../checkpoint/claim-checkpoint.ts'
import { isOfOneRun } from '../checkpoint/recovery-report.ts'
import type { CheckpointContent } from '../checkpoint/schema/index.ts'
import { factoryNeeded } from '../errors.ts'
import type { StreamingEnvironment } from './context-arguments.ts'
import type { GetOrCreateOptions } from './get-or-create.ts'
import { rebuildGraph } from './rebuild-graph.ts'
import type { StreamingContext } from './streaming-context.ts'

/** Makes an empty context. */
export type NewContext = (
  sparkContext: SparkContext,
  batch: Duration,
  environment: StreamingEnvironment,
) => StreamingContext

/** As `rebuiltContext`; when it starts, it goes on from there. */
export async function rebuildContext(
  claimed: ClaimedCheckpoint,
  options: GetOrCreateOptions,
  newContext: NewContext,
): Promise<StreamingContext> {
  const ssc = await rebuiltContext(claimed.content, claimed.directory, options, newContext)
  ssc.recoverFrom(claimed)
  return ssc
}

/**
 * A context made of nothing but a checkpoint: its streams, their functions, its outputs.
 * @throws DStreamError CHECKPOINT_NEEDS_FACTORY when functions of the program could not be captured
 */
export async function rebuiltContext(
  content: CheckpointContent,
  directory: string,
  options: GetOrCreateOptions,
  newContext: NewContext,
): Promise<StreamingContext> {
  if (content.problems.length > 0) throw factoryNeeded(directory, content.problems)
  const sparkContext = options.sparkContext ?? SparkContext.getOrCreate(confOf(content, options.conf))
  const ssc = newContext(sparkContext, Milliseconds(content.graph.batchMs), options.environment ?? {})
  for (const { key, bytes } of content.graph.broadcasts ?? []) sparkContext.shared.recoverBroadcast(key, bytes)
  const functions = await DriverFunctions.of(closuresIn(content.graph), { streamingContext: ssc, sparkContext })
  rebuildGraph(ssc, content.graph, functions)
  ssc.graph.close('rebuilt')
  return ssc
}

/** The configuration of before, but for what belongs to one run, and what the new process says. */
function confOf({ application }: CheckpointContent, given = new SparkConf()): SparkConf {
  const conf = given.clone()
  for (const [key, value] of application.configuration) if (!isOfOneRun(key)) conf.setIfMissing(key, value)
  return conf
}
