import { engineConformance } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'

const reason = 'the storage holds one byte, so what is kept in memory alone is dropped at once and computed again'

/** The same facts when nothing fits into memory: every shuffle goes through files, every kept partition is pushed out, all of it compressed and encrypted. */
engineConformance(
  'the embedded engine with no memory to spare',
  ({ threads, maxFailures }) =>
    new LocalEngine({
      threads,
      maxFailures,
      maxWorkerDeaths: 4,
      recordErrors: 'fail',
      shuffleMemoryBytes: -1,
      storageMemoryBytes: 1,
      compressKept: true,
      compressShuffle: true,
      spillKeyBits: 256,
    }),
  {
    'what is persisted is computed once, at every level': reason,
    'take keeps the partitions that it has looked at, whole': reason,
    'what lies behind a kept node is not computed': reason,
    'events tell what is kept and what is let go': reason,
    'a transformation counts again when it is computed again, and not when it is kept': reason,
  },
)
