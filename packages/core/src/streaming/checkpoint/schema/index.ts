/** What a checkpoint says, and how that is written down. */
export { decodeCheckpoint } from './decode.ts'
export { encodeCheckpoint, encodePlan, type EncodedPlan } from './encode.ts'
export { checkpointVersion } from './content.ts'
export type {
  BroadcastContent,
  AccumulatorContent,
  ApplicationContent,
  CheckpointContent,
  GraphContent,
  InputContent,
  InputSourceContent,
  LogContent,
  OutputAction,
  OutputContent,
  ProgressContent,
  RddContent,
  SavedStreamContent,
  SavedTimeContent,
  StreamContent,
  StreamDetail,
} from './content.ts'
