export type { BlockHandle, DriverEvent, Json, LoggedBlock } from './driver-event.ts'
export {
  applyToDriver,
  holdsBlocks,
  initialDriver,
  lastBatchMs,
  oldestNeededMs,
  pendingBatches,
} from './driver-state.ts'
export type { BatchProgress, DriverState } from './driver-state.ts'
export { decodeEvents, encodeEvents, isUnfit } from './event-codec.ts'
export { eventsOf, stateOf } from './snapshot.ts'
export { DriverJournal, type DriverJournalOptions } from './driver-journal.ts'
export { DriverLog, type DriverLogOptions, type DriverSnapshot, type ReadDriverLog } from './driver-log.ts'
