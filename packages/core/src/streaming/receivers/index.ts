import './builtins.ts'

export { Receiver } from './receiver.ts'
export { customReceiver, socketReceiver, socketTextReceiver } from './receiver-spec.ts'
export type { ReceiverOptions, ReceiverSpec } from './receiver-spec.ts'
export { ReceiverTracker } from './receiver-tracker.ts'
export type { ReceiverTrackerOptions } from './receiver-tracker.ts'
export type { ReceiverStatus } from './receiver-status.ts'
