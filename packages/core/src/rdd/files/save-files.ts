import { randomInt } from 'node:crypto'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { builtin, capture } from '../../closures/index.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import {
  abortJob,
  commitAtOnce,
  commitJob,
  localCommitStorage,
  outputFormatOf,
  setupJob,
  type OutputFormatSpec,
  type OutputJob,
  type OwnOutputFormat,
} from '../../formats/index.ts'
import { localPath } from '../../formats/local-files.ts'
import { fileSystemFor } from '../../storage/index.ts'
import { perPartition } from '../actions/per-partition.ts'
import type { Dataset } from '../context.ts'
import { currentBatchOutput } from '../outputs/batch-output.ts'

/** How pairs become files: a format by its name, by its name with options, or one's own. */
export type FileOutputFormat<K = unknown, V = unknown> = string | OutputFormatSpec | OwnOutputFormat<K, V>

/** What is written. */
export interface Saving<K, V> {
  /** The action, as the user called it. */
  readonly name: string
  readonly format: FileOutputFormat<K, V>
  /** The records are pairs of key and value, texts of lines, or values without keys. */
  readonly records: 'pairs' | 'lines' | 'values'
  /** Hadoop's old interface names files `part-00000`, the new one `part-r-00000`. Default: old. */
  readonly api?: 'old' | 'new'
}

/**
 * Writes a new directory, a file for each partition. Tasks write below `_temporary`; once all have ended, their files are moved into place and `_SUCCESS` is written.
 * When the job fails, nothing of it is left.
 *
 * In an output operation the directory is the batch's: when the batch is run again after a restart, what is not whole is written anew, and what is whole stays as it is. Its
 * records are computed all the same, for their accumulators.
 *
 * @throws DStreamError OUTPUT_EXISTS, UNKNOWN_FILE_SYSTEM, UNKNOWN_OUTPUT_FORMAT (rejection); what the tasks throw
 * @see formats/committer.ts (Hadoop's FileOutputCommitter)
 */
export const saveFiles = <K, V>(rdd: Dataset, directory: string, saving: Saving<K, V>): Promise<void> =>
  rdd.context.act(saving.name, async jobs => {
    fileSystemFor(directory) // A scheme that nobody serves is no name of a local directory.
    const job = outputJob(rdd, pathToFileURL(path.resolve(localPath(directory))).href)
    const { f, async } = writer(job, saving)
    if (!commitAtOnce(setupJob(localCommitStorage, job))) {
      await perPartition(jobs, rdd, { kind: 'run', f: builtin('drain'), async: false })
      return
    }
    try {
      await perPartition(jobs, rdd, { kind: 'run', f, async })
      commitAtOnce(commitJob(localCommitStorage, job, rdd.node.numPartitions))
    } catch (error) {
      abortQuietly(job)
      throw error
    }
  })

/** Why the job failed is what is to be told, not that its rest cannot be removed either. */
function abortQuietly(job: OutputJob): void {
  try {
    commitAtOnce(abortJob(localCommitStorage, job))
  } catch {
    // A restart removes it, if the batch is run again.
  }
}

function outputJob(rdd: Dataset, directory: string): OutputJob {
  const job = { directory, jobId: `${rdd.node.id}_${randomInt(2 ** 40)}` }
  const output = currentBatchOutput()
  // What this run has saved to already is another output, not the same one again.
  if (output === undefined || !output.claim(directory)) return job
  const { application, batchTimeMs } = output
  return { ...job, owner: JSON.stringify({ application, batchTimeMs }) }
}

function writer<K, V>(
  job: OutputJob,
  { name, format, records, api = 'old' }: Saving<K, V>,
): { readonly f: TaskFunction; readonly async: boolean } {
  if (typeof format === 'object' && 'write' in format) {
    const write = capture((file: string, pairs: Iterable<readonly [K, V]>) => format.write(file, pairs), {
      operator: name,
      async: 'allowed',
    })
    return { f: builtin('writeOwnFormat', [write], [job, api, format.extension ?? '']), async: true }
  }
  const { name: formatName, options = {} } = typeof format === 'string' ? { name: format } : format
  outputFormatOf({ name: formatName, options })
  const travelling = 'writables' in options ? [capture(() => options, { operator: name, async: 'refused' })] : []
  const given = travelling.length > 0 ? {} : options
  return { f: builtin('writeFormat', travelling, [job, api, formatName, given, records]), async: false }
}
