/** What a checkpoint directory holds, read without running anything. */
export { inspectCheckpoint } from './inspect-checkpoint.ts'
export type {
  CheckpointInspection,
  InspectedContent,
  InspectedFile,
  InspectedInput,
  InspectedLog,
  InspectedSave,
  InspectedStream,
} from './inspection.ts'
