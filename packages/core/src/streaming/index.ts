/** Streams: discretized into batches, each an RDD. */
export { StreamingContext } from './context/streaming-context.ts'
export type { StreamingEnvironment } from './context/context-arguments.ts'
export type { CreateStreamingContext, GetOrCreateOptions } from './context/get-or-create.ts'
export type { ConfigurationChange, RecoveredStream, RecoveryReport } from './checkpoint/recovery-report.ts'
export { checkpointDiff } from './context/checkpoint-diff.ts'
export type { CheckpointDiff, DiffProblem } from './checkpoint/diff/checkpoint-diff.ts'
export type { OperatorChanges } from './checkpoint/diff/operator-changes.ts'
export { inspectCheckpoint } from './checkpoint/inspect/index.ts'
export type {
  CheckpointInspection,
  InspectedContent,
  InspectedFile,
  InspectedInput,
  InspectedLog,
  InspectedSave,
  InspectedStream,
} from './checkpoint/inspect/index.ts'
export type { StreamingContextState } from './context/life-cycle.ts'
export type { StopOptions } from './context/stop-options.ts'

// Streams
export { DStream } from './dstream/dstream.ts'
export type { IncrementalWindowOptions } from './dstream/dstream.ts'
export { MapWithStateDStream, StateSpec } from './state/index.ts'
export type { State, UpdateStateOptions } from './state/index.ts'
export { InputDStream } from './dstream/input-dstream.ts'
export { Receiver } from './receivers/index.ts'
export type { ReceiverOptions } from './receivers/index.ts'
export type { ByteConverter } from './sources/socket/socket-receiver.ts'
export type { FileReader, FileStreamOptions, FormattedFileStreamOptions } from './sources/file/index.ts'
export { rawBlock } from './sources/socket/raw-blocks.ts'
export { ConstantInputDStream } from './dstream/constant-input-dstream.ts'
export { PIDRateEstimator, type PIDRateEstimatorOptions } from './rate/index.ts'

// Logs
export { registerWriteAheadLog } from './write-ahead-log/index.ts'
export type { CreateWriteAheadLog, CustomWriteAheadLog } from './write-ahead-log/index.ts'

// Events
export { BatchInfo, OutputOperationInfo } from './events/batch-info.ts'
export type { StreamInputInfo } from './events/batch-info.ts'
export type { ReceiverInfo, StreamingEvent, StreamingListener } from './events/streaming-listener.ts'
export { StatsReportListener } from './events/stats-report-listener.ts'

// Errors
export { OutputFailedError } from './jobs/output-failed-error.ts'
export { GenerationFailedError } from './batches/generation-failed-error.ts'
