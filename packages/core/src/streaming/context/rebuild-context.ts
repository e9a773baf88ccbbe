import type { Closure } from '../../closures/index.ts'
import { SparkConf } from '../../context/spark-conf.ts'
import { SparkContext } from '../../context/spark-context.ts'
import { Milliseconds, type Duration } from '../../time/index.ts'
import { DriverFunctions } from '../checkpoint/captured-driver.ts'
import type { ClaimedCheckpoint } from '../checkpoint/claim-checkpoint.ts'
import { isOfOneRun } from '../checkpoint/recovery-report.ts'
import type { CheckpointContent, GraphContent } from '../checkpoint/schema/index.ts'
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
  const functions = await DriverFunctions.of(driverClosures(content.graph), { streamingContext: ssc, sparkContext })
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

function driverClosures({ inputs, nodes, outputs }: GraphContent): Closure[] {
  const closures: (Closure | undefined)[] = []
  for (const { source } of inputs) {
    if (source.kind === 'files') closures.push(source.filter, source.format)
    if (source.kind === 'custom') closures.push(source.instance)
    if (source.kind === 'receiver' && source.thread === 'main' && source.make.kind === 'closure')
      closures.push(source.make)
  }
  for (const { detail } of nodes)
    if (detail.kind === 'transformed' && detail.operation.kind === 'driver') closures.push(detail.operation.f)
  for (const { action } of outputs) if (action.kind === 'driver') closures.push(action.f)
  return closures.filter(closure => closure !== undefined)
}
