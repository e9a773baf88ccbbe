/** For engines: what is right (the reference engine), and the suite that says so. */
export { ReferenceEngine, type ReferenceOptions } from './reference-engine.ts'
