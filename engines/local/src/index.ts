export { LocalEngine } from './local-engine.ts'
export type { LocalEngineOptions } from './local-engine.ts'
export { WorkerDiedError } from './workers/worker-died-error.ts'
export { registerLocalEngine } from './register.ts'
