export { applyOperation } from './apply.ts'
export { reduceWindow, unionAll } from './windows.ts'
