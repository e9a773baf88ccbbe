import { checksumOfTexts } from '../checksum.ts'
import { MadeInput } from './made-input.ts'
import type { Workload } from './workload.ts'

/** The lines of the same file that hold a word. */
export const grepFiles: Workload = {
  name: 'grep-files',
  intervalMs: 1000,
  batches: 12,
  perJob: { stages: 1, tasks: 2 },
  build: (ssc, file) => new MadeInput(ssc, sc => sc.textFile(file, 2)).filter(line => line.includes('w1eayg6')),
  checksum: records => checksumOfTexts(records as readonly string[]),
}
