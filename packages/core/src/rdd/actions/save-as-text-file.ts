import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { builtin } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { partName } from '../builtins/text-output.ts'
import type { Dataset } from '../context.ts'
import { allPartitions, perPartition } from './per-partition.ts'

/**
 * Writes each partition as a text file `part-00000`… of a new directory, one line for a record (`textOf`). Tasks write below `_temporary`; once all
 * have ended their files are moved into place and `_SUCCESS` is written. When the job fails, nothing of it is left.
 *
 * @see Hadoop's FileOutputCommitter
 */
export const saveAsTextFile = (rdd: Dataset, directory: string): Promise<void> =>
  rdd.context.act('saveAsTextFile', async jobs => {
    const target = path.resolve(directory.startsWith('file:') ? fileURLToPath(directory) : directory)
    const tasks = path.join(target, '_temporary', '0')
    createTarget(target)
    try {
      fs.mkdirSync(tasks, { recursive: true })
      await perPartition(jobs, rdd, { kind: 'run', f: builtin('writeTextPart', [], [tasks]), async: false })
      for (const partition of allPartitions(rdd)) {
        fs.renameSync(path.join(tasks, partName(partition)), path.join(target, partName(partition)))
      }
      fs.writeFileSync(path.join(target, '_SUCCESS'), '')
      fs.rmSync(path.join(target, '_temporary'), { recursive: true, force: true })
    } catch (error) {
      fs.rmSync(target, { recursive: true, force: true })
      throw error
    }
  })

function createTarget(target: string): void {
  fs.mkdirSync(path.dirname(target), { recursive: true })
  try {
    fs.mkdirSync(target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new DStreamError('OUTPUT_EXISTS', `Output directory ${pathToFileURL(target)} already exists`, {
      hint: 'Remove it, or write to another one: an existing output is never overwritten.',
    })
  }
}
