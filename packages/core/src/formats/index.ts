/** Hadoop's file formats: SequenceFiles, object files, input and output formats, compressed text, and the commit of a job's files. */

// Bytes
export { bytesSource } from './byte-source.ts'
export type {
  AsyncByteSink,
  AsyncByteSource,
  AsyncFileAccess,
  ByteSink,
  ByteSource,
  FileAccess,
} from './byte-source.ts'
export { localFiles } from './local-files.ts'
export { storageCommit, storageFiles } from './storage-files.ts'
export { codecOf, codecOfFile, type CompressionCodec } from './compression.ts'

// SequenceFiles
export { readSequenceFile, sequenceFileHeader, sequenceFilePairs } from './sequence-file/read-sequence-file.ts'
export type { SequenceRange, SequenceReadOptions } from './sequence-file/read-sequence-file.ts'
export type { SequenceCompression, SequenceFileHeader } from './sequence-file/header.ts'
export { SequenceFileWriter, type SequenceWriteOptions } from './sequence-file/writer.ts'
export { writableFor, type LongsAs, type Writable } from './sequence-file/writables.ts'
export { DataInput } from './sequence-file/data-input.ts'
export { DataOutput } from './sequence-file/data-output.ts'
export { CorruptSequenceFileError } from './errors.ts'
export { ObjectFileWriter, type ObjectFileOptions } from './object-file.ts'

// Input
export { fileSplits, type FileInfo, type FileSplit, type SplitWish } from './input/file-splits.ts'
export { ownSplits, readSplit, readSplitLater } from './input/input-format.ts'
export type { InputFormat, OwnInputFormat, Pair } from './input/input-format.ts'
export { inputFormatOf, type InputFormatSpec } from './input/named-input.ts'
export { textInputFormat, type TextInputOptions } from './input/text-input.ts'
export { objectFileInputFormat, sequenceFileInputFormat } from './input/sequence-file-input.ts'
export { fixedLengthBinaryInputFormat, type FixedLengthOptions } from './input/fixed-length-input.ts'
export { wholeBinaryInputFormat, wholeTextInputFormat, type WholeFilesSplit } from './input/whole-file-input.ts'

// Output
export { writePairs, writePairsLater } from './output/output-format.ts'
export type { OutputFormat, OwnOutputFormat, PairEncoder } from './output/output-format.ts'
export { outputFormatOf, type OutputFormatSpec } from './output/named-output.ts'
export { textOutputFormat, type TextOutputOptions } from './output/text-output.ts'
export {
  objectFileOutputFormat,
  sequenceFileOutputFormat,
  type SequenceOutputOptions,
} from './output/sequence-file-output.ts'

// Commit
export {
  abortJob,
  abortTask,
  commitAtOnce,
  commitJob,
  commitLater,
  commitTask,
  partFileName,
  setupJob,
  setupTask,
  taskAttemptPath,
} from './committer.ts'
export type { CommitEntry, CommitSteps, CommitStorage, OutputJob, TaskAttempt } from './committer.ts'
export { localCommitStorage } from './local-commit-storage.ts'
