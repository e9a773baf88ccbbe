import { firstLines } from '../lines.ts'
import { MadeInput } from './made-input.ts'
import { wordCount, wordCountChecksum, wordCountJob } from './word-count.ts'
import type { Workload } from './workload.ts'

/** A two-stage batch of ten lines: what a batch costs when there is next to nothing to do. */
export const tiny: Workload = {
  name: 'tiny',
  intervalMs: 100,
  batches: 50,
  perJob: wordCountJob,
  build(ssc, file) {
    const few = firstLines(file, 10)
    return wordCount(new MadeInput(ssc, sc => sc.parallelize(few, 2)))
  },
  checksum: wordCountChecksum,
}
