import { objectFileSteps } from '../object-file.ts'
import type { ReadSteps } from '../read-steps.ts'
import { sequenceSteps, type SequenceReadOptions } from '../sequence-file/read-sequence-file.ts'
import { fileSplits, type FileSplit } from './file-splits.ts'
import type { InputFormat } from './input-format.ts'

/** Hadoop 3 cuts SequenceFiles no finer than it writes sync markers. */
const hadoopSyncInterval = 102_400

/**
 * The pairs of SequenceFiles, of whatever classes and compression their headers name.
 *
 * @see Hadoop's SequenceFileInputFormat
 */
export const sequenceFileInputFormat = (options: SequenceReadOptions = {}): InputFormat => ({
  name: 'SequenceFileInputFormat',
  splits: (files, wish) => fileSplits(files, { ...wish, minBytes: Math.max(hadoopSyncInterval, wish.minBytes ?? 1) }),
  steps: split => sequenceSteps(split, options),
})

/** The records of dstream's object files, as values; all keys are null. */
export const objectFileInputFormat = (): InputFormat<null> => ({
  name: 'ObjectFileInputFormat',
  splits: sequenceFileInputFormat().splits,
  steps: keyed,
})

function* keyed(split: FileSplit): ReadSteps<[null, unknown]> {
  const records = objectFileSteps(split)
  for (let step = records.next(new Uint8Array(0)); !step.done;) {
    const { value } = step
    step = records.next(
      value.kind === 'read'
        ? yield value
        : yield { kind: 'records', records: value.records.map((record): [null, unknown] => [null, record]) },
    )
  }
}
