/** The public API, in the order in which a program meets it. */
import { registerLocalEngine } from '@dstream/local'

// Time
export { Duration, Interval, Milliseconds, Minutes, Seconds, Time } from '@dstream/core'
export type { Clock } from '@dstream/core'

// Configuration and context
export { SparkConf, SparkContext, registerEngine } from '@dstream/core'
export type { EngineFactory, EngineRequest, JobScopeFields, Master, Settings } from '@dstream/core'

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
} from '@dstream/core'
export type {
  CombineOptions,
  Compare,
  Grown,
  KeyMap,
  MapAsyncOptions,
  Mergeable,
  Merged,
  Partition,
  Partitioning,
  PipeOptions,
  Records,
  Shaped,
} from '@dstream/core'

// Files
export type {
  FileInfo,
  FileInputFormat,
  FileOutputFormat,
  FileSplit,
  InputFormatSpec,
  OutputFormatSpec,
  OwnInputFormat,
  OwnOutputFormat,
  SequenceOutputOptions,
  SequenceReadOptions,
  SplitWish,
} from '@dstream/core'

// Outputs
export type { Connections, OutputPartition, OwnTransactions, Row, Transactions } from '@dstream/core'

// In tasks
export { TaskContext, perWorker } from '@dstream/core'
export type { PerWorkerOptions, TaskFields } from '@dstream/core'
export type { Codec } from '@dstream/core'
export { AccumulatorV2, Broadcast, CollectionAccumulator, DoubleAccumulator, LongAccumulator } from '@dstream/core'

// Streams
export { ConstantInputDStream, DStream, InputDStream, rawBlock, Receiver, StreamingContext } from '@dstream/core'
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
} from '@dstream/core'
export type {
  ConfigurationChange,
  CreateStreamingContext,
  GetOrCreateOptions,
  RecoveredStream,
  RecoveryReport,
} from '@dstream/core'
export { checkpointDiff, inspectCheckpoint } from '@dstream/core'
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
} from '@dstream/core'
export type { DirectoryHolder, Owner } from '@dstream/core'
export { MapWithStateDStream, StateSpec } from '@dstream/core'
export type { State, UpdateStateOptions } from '@dstream/core'
export { PIDRateEstimator, type PIDRateEstimatorOptions } from '@dstream/core'
export { registerWriteAheadLog, type CreateWriteAheadLog, type CustomWriteAheadLog } from '@dstream/core'
export { BatchInfo, OutputOperationInfo, StatsReportListener } from '@dstream/core'
export type { ReceiverInfo, StreamInputInfo, StreamingEvent, StreamingListener } from '@dstream/core'

// What goes wrong
export {
  AsyncFunctionNotAllowedError,
  DStreamError,
  GenerationFailedError,
  JobFailedError,
  OutputFailedError,
  TaskNotSerializableError,
} from '@dstream/core'
export type { ErrorDetails, JobFailure } from '@dstream/core'
export { WorkerDiedError } from '@dstream/local'

registerLocalEngine()
