export { StateSpec } from './state-spec.ts'
export { MapWithStateDStream } from './map-with-state-dstream.ts'
export type { UpdateStateOptions } from './update-state-options.ts'
export type { State } from '../../rdd/state/index.ts'
