import { engineConformance } from './conformance/engine-conformance.ts'
import { ReferenceEngine } from './reference-engine.ts'

engineConformance(
  'reference engine',
  ({ threads, maxFailures }) => new ReferenceEngine({ parallelism: threads, maxFailures }),
)
