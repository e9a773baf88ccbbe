import type { SparkContext } from '../../context/spark-context.ts'
import type { Logger } from '../../logging/index.ts'
import { inBatchOutput } from '../../rdd/outputs/batch-output.ts'
import type { Clock } from '../../time/index.ts'
import type { InputInfos } from '../batches/input-info.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import { QueueInputDStream } from '../dstream/queue-input-dstream.ts'
import { ReceiverInputDStream } from '../dstream/receiver-input-dstream.ts'
import { logWithoutDirectory } from '../errors.ts'
import type { ListenerBus } from '../events/listener-bus.ts'
import { BatchOutputs } from '../outputs/batch-outputs.ts'
import { RateController } from '../rate/index.ts'
import type { ReceiverTracker } from '../receivers/index.ts'
import type { ContextCheckpoint } from './context-checkpoint.ts'
import { StreamingRun } from './streaming-run.ts'

/** What has been set up when a program starts. */
export interface NewRunParts {
  readonly sparkContext: SparkContext
  readonly graph: StreamGraph
  readonly clock: Clock
  readonly bus: ListenerBus
  readonly inputInfos: InputInfos
  readonly receivers: ReceiverTracker
  readonly checkpoint: ContextCheckpoint
  readonly logger: Logger
  /** A batch failed; the streams go on. */
  readonly onError: (error: unknown) => void
}

/**
 * Checks what has been set up, and makes the run of it, as it is configured.
 * @throws DStreamError NO_CHECKPOINT_DIRECTORY; when intervals do not fit together, or the graph does not fit the checkpoint
 */
export function newRun(parts: NewRunParts): StreamingRun {
  const { sparkContext, graph, clock, bus, inputInfos, receivers, checkpoint, onError } = parts
  assertLogHasPlace(parts)
  warnOfQueues(parts)
  controlRates(parts)
  const { concurrentJobs, unpersistOldRdds, gracefulStopTimeoutMs } = sparkContext.settings
  const outputs = new BatchOutputs(checkpoint.programUid(), checkpoint.isWritten)
  const run = new StreamingRun({
    ...{ graph, clock, bus, inputInfos, onError },
    context: sparkContext,
    feed: receivers,
    logger: component => sparkContext.log.logger(component),
    runOutput: (scope, f) => sparkContext.inJobScope(scope, () => inBatchOutput(outputs.of(scope.batchTimeMs), f)),
    concurrentJobs,
    unpersist: unpersistOldRdds,
    gracefulStopMs: gracefulStopTimeoutMs ?? 10 * graph.batchMs,
    checkpoints: checkpoint.means(outputs.application),
  })
  checkpoint.recovered(run.resumed)
  return run
}

/** @throws DStreamError NO_CHECKPOINT_DIRECTORY */
function assertLogHasPlace({ sparkContext, graph, checkpoint }: NewRunParts): void {
  const logs = sparkContext.settings.receiverLogEnabled
  const receives = graph.inputs.some(input => input instanceof ReceiverInputDStream)
  if (logs && receives && !checkpoint.isWritten) throw logWithoutDirectory()
}

function warnOfQueues({ graph, checkpoint, logger }: NewRunParts): void {
  if (!checkpoint.isWritten) return
  if (graph.inputs.some(input => input instanceof QueueInputDStream)) {
    logger.warn(
      "queueStream doesn't support checkpointing. Please don't use queueStream when checkpointing is enabled.",
    )
  }
}

/** Receivers get the rate that the batches before could process. */
function controlRates({ sparkContext, graph, receivers, bus }: NewRunParts): void {
  const { settings } = sparkContext
  if (!settings.backpressureEnabled) return
  for (const input of graph.inputs) {
    if (!(input instanceof ReceiverInputDStream)) continue
    const publish = (rate: number): void => receivers.updateRate(input.id, rate)
    bus.add(new RateController(input.id, graph.batchMs, settings, publish))
  }
}
