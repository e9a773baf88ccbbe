import { grepFiles } from './grep-files.ts'
import { mapstate, state } from './keyed-state.ts'
import { tiny } from './tiny.ts'
import { wordcountFiles } from './wordcount-files.ts'
import { wordcount } from './wordcount.ts'
import type { Workload } from './workload.ts'

/** The workloads whose result is known beforehand. */
export const workloads: Readonly<Record<string, Workload>> = Object.fromEntries(
  [tiny, wordcount, wordcountFiles, grepFiles, state, mapstate].map(workload => [workload.name, workload]),
)
