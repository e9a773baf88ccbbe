import { grepFiles } from './grep-files.ts'
import { tiny } from './tiny.ts'
import { wordcountFiles } from './wordcount-files.ts'
import { wordcount } from './wordcount.ts'
import type { Workload } from './workload.ts'

/** The workloads whose batches all have the same, known result. */
export const workloads: Readonly<Record<string, Workload>> = Object.fromEntries(
  [tiny, wordcount, wordcountFiles, grepFiles].map(workload => [workload.name, workload]),
)
