export { nextVersion, seedVersion, type RunnableUpdate } from './next-version.ts'
export type { State } from './state.ts'
export type { StateStep, StateVersion } from './state-version.ts'
