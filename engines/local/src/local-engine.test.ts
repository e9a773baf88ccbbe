import { engineConformance } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'

engineConformance('the embedded engine', ({ threads, maxFailures }) => {
  return new LocalEngine({
    threads,
    maxFailures,
    maxWorkerDeaths: 4,
    recordErrors: 'fail',
    shuffleMemoryBytes: 2 ** 28,
  })
})
