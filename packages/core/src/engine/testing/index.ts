/** For engines: what is right (the reference engine), and the suite that says so. */
export { ReferenceEngine, type ReferenceOptions } from './reference-engine.ts'
export { TestContext } from './test-context.ts'
export { capture } from '../../closures/index.ts'
export { engineConformance } from './conformance/engine-conformance.ts'
export type { EngineUnderTest, MakeEngine } from './conformance/suite.ts'
