import type { FileOutputFormat } from '../../rdd/files/save-files.ts'
import type { RDD } from '../../rdd/rdd.ts'
import type { OutputFunction } from '../dstream/graph.ts'
import { batchFileName } from './save-as-text-files.ts'

/** Saves every batch as object files in a folder of its own. */
export const savingAsObjects =
  (prefix: string, suffix: string): OutputFunction =>
  (rdd, time) =>
    rdd.saveAsObjectFile(batchFileName(prefix, suffix, time.milliseconds))

/** Saves every batch of pairs in an output format, in a folder of its own. */
export const savingInFormat =
  (
    method: 'saveAsHadoopFile' | 'saveAsNewAPIHadoopFile',
    prefix: string,
    suffix: string,
    format: FileOutputFormat | undefined,
  ): OutputFunction =>
  (rdd, time) =>
    (rdd as RDD<[unknown, unknown]>)[method](batchFileName(prefix, suffix, time.milliseconds), format)
