/** What an engine is made against: the seam, the plan, and what tasks need in a worker. Not for programs. */
export type {
  Capability,
  Engine,
  LongRunningContext,
  LongRunningHandle,
  LongRunningMessage,
  LongRunningTask,
} from './engine.ts'
export type { EngineEvent, TaskMetrics } from './events.ts'
export type { Action, Job, JobOrigin } from './job.ts'
export { JobFailedError } from './job-failed-error.ts'
export type { JobFailure } from './job-failed-error.ts'
export { isPromiseLike, returnedPromise } from './returned-promise.ts'
export { TaskContext } from './task-context.ts'
export { accumulatorUpdates, broadcastTable } from './shared-variables/index.ts'
export type { AccumulatorUpdate } from './shared-variables/index.ts'
export type {
  Aggregate,
  ConcatNode,
  NarrowNode,
  PartitionRef,
  RddNode,
  ShuffleNode,
  SourceNode,
  StateNode,
  StateUpdate,
  Step,
  ZipNode,
} from '../rdd/plan/node.ts'
export type { PartitionerSpec, PartitionerSpecOf } from '../rdd/plan/partitioner-spec.ts'
export { partitionOf } from '../rdd/partitioners/partition-of.ts'
export type { Block, BytesOnDisk, SourceSpec, StoredBlock, TextSplit } from '../rdd/plan/source-spec.ts'
export { parentsFirst } from '../rdd/plan/walk.ts'
export { holdForSave } from '../rdd/saved/state-frames.ts'
export { nextVersion, SavedState, seedVersion, StateCursor } from '../rdd/state/index.ts'
export type { StateStep, StateVersion } from '../rdd/state/index.ts'
export { StorageLevel } from '../rdd/storage-level.ts'
export type { Builtin, Closure, TaskFunction } from '../closures/closure.ts'
export { classes } from '../closures/class-registry.ts'
export { Instantiator } from '../closures/instantiate.ts'
export {
  compareKeys,
  countShared,
  decodePairs,
  decodeRecords,
  encodePairs,
  encodeRecords,
  keyEquals,
  keyHash,
  KeyMap,
  KeySet,
  lineChunks,
  sharedBytes,
} from '../codec/index.ts'
export { crc32c } from '../storage/crc32c.ts'
export { mostAtOnce } from '../storage/local-files.ts'
export { aesGcm, encryptAtRest, plainPayloads } from '../storage/encryption/index.ts'
export type { EncryptionSettings, PayloadCipher } from '../storage/encryption/index.ts'
export { DStreamError, errorFromData, errorToData } from '../errors/index.ts'
export type { ErrorData } from '../errors/index.ts'

// A worker that loads this page can run every function that operators are made of.
import '../rdd/builtins/index.ts'
