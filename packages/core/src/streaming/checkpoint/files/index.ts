export { CheckpointFiles, type CheckpointFilesOptions } from './checkpoint-files.ts'
export { listCheckpoints, payloadOf, readNewestCheckpoint } from './read-checkpoints.ts'
export type { CheckpointFile, CheckpointPlace, NewestCheckpoint, RejectedCheckpoint } from './read-checkpoints.ts'
export type { CheckpointHead } from './checkpoint-format.ts'
