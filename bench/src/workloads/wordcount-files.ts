import { MadeInput } from './made-input.ts'
import { wordCount, wordCountChecksum, wordCountJob } from './word-count.ts'
import type { Workload } from './workload.ts'

/** The words of a 30 MB file, read from disk in every batch. */
export const wordcountFiles: Workload = {
  name: 'wordcount-files',
  intervalMs: 2000,
  batches: 12,
  perJob: wordCountJob,
  build: (ssc, file) => wordCount(new MadeInput(ssc, sc => sc.textFile(file, 2))),
  checksum: wordCountChecksum,
}
