import { readFileSync } from 'node:fs'
import { MadeInput } from './made-input.ts'
import { wordCount, wordCountChecksum, wordCountJob } from './word-count.ts'
import type { Workload } from './workload.ts'

/** The words of 200,000 lines that the workers hold in memory. */
export const wordcount: Workload = {
  name: 'wordcount',
  intervalMs: 2000,
  batches: 12,
  perJob: wordCountJob,
  async build(ssc, file) {
    const all = readFileSync(file, 'latin1').split('\n').slice(0, 200_000)
    const resident = ssc.sparkContext.parallelize(all, 2).cache()
    await resident.count()
    return wordCount(new MadeInput(ssc, () => resident))
  },
  checksum: wordCountChecksum,
}
