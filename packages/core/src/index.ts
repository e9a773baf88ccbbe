/** What `dstream` re-exports. The seam for engines is `@dstream/core/engine`, the test kit `@dstream/core/testing`. */
import { tellExports } from './closures/index.ts'
import * as exported from './index.ts'

// Time
export { Duration, Interval, Milliseconds, Minutes, Seconds, Time } from './time/index.ts'
export type { Clock } from './time/index.ts'

// Errors
export { DStreamError } from './errors/dstream-error.ts'
export type { ErrorDetails } from './errors/dstream-error.ts'

// Configuration and context
export { registerEngine, SparkConf, SparkContext } from './context/index.ts'
export type { EngineFactory, EngineRequest, JobScopeFields, Master, Settings } from './context/index.ts'

// Datasets
export {
  BoundedDouble,
  CustomPartitioner,
  DoubleRDDFunctions,
  HashPartitioner,
  PairRDDFunctions,
  PartialResult,
  Partitioner,
  RangePartitioner,
  RDD,
  StatCounter,
  StorageLevel,
} from './rdd/index.ts'
export type { KeyMap } from './codec/index.ts'
export type {
  CombineOptions,
  Compare,
  Grown,
  MapAsyncOptions,
  Mergeable,
  Merged,
  Partition,
  Partitioning,
  PipeOptions,
  Records,
  Shaped,
} from './rdd/index.ts'

// Files
export type { FileInputFormat, FileOutputFormat } from './rdd/index.ts'
export type {
  FileInfo,
  FileSplit,
  InputFormatSpec,
  OutputFormatSpec,
  OwnInputFormat,
  OwnOutputFormat,
  SequenceOutputOptions,
  SequenceReadOptions,
  SplitWish,
} from './formats/index.ts'

// Outputs
export type { Connections, OutputPartition, OwnTransactions, Row, Transactions } from './rdd/index.ts'

// In tasks
export { TaskContext, type TaskFields } from './engine/task-context.ts'
export { perWorker, type PerWorkerOptions } from './closures/index.ts'
export type { Codec } from './codec/index.ts'
export {
  AccumulatorV2,
  Broadcast,
  CollectionAccumulator,
  DoubleAccumulator,
  LongAccumulator,
} from './engine/shared-variables/index.ts'

// What goes wrong
export { JobFailedError, type JobFailure } from './engine/job-failed-error.ts'
export { AsyncFunctionNotAllowedError, TaskNotSerializableError } from './closures/index.ts'

// Streams
export { ConstantInputDStream, DStream, InputDStream, rawBlock, Receiver, StreamingContext } from './streaming/index.ts'
export type {
  ByteConverter,
  FileReader,
  FileStreamOptions,
  FormattedFileStreamOptions,
  IncrementalWindowOptions,
  ReceiverOptions,
  StopOptions,
  StreamingContextState,
  StreamingEnvironment,
} from './streaming/index.ts'
export type {
  ConfigurationChange,
  CreateStreamingContext,
  GetOrCreateOptions,
  RecoveredStream,
  RecoveryReport,
} from './streaming/index.ts'
export { checkpointDiff, inspectCheckpoint } from './streaming/index.ts'
export type {
  CheckpointDiff,
  CheckpointInspection,
  DiffProblem,
  InspectedContent,
  InspectedFile,
  InspectedInput,
  InspectedLog,
  InspectedSave,
  InspectedStream,
  OperatorChanges,
} from './streaming/index.ts'
export type { DirectoryHolder, Owner } from './storage/fence/index.ts'
export { MapWithStateDStream, StateSpec } from './streaming/index.ts'
export type { State, UpdateStateOptions } from './streaming/index.ts'
export { PIDRateEstimator, type PIDRateEstimatorOptions } from './streaming/index.ts'
export { registerWriteAheadLog, type CreateWriteAheadLog, type CustomWriteAheadLog } from './streaming/index.ts'
export { BatchInfo, OutputOperationInfo, StatsReportListener } from './streaming/index.ts'
export type { ReceiverInfo, StreamInputInfo, StreamingEvent, StreamingListener } from './streaming/index.ts'
export { GenerationFailedError, OutputFailedError } from './streaming/index.ts'

tellExports(exported)
