import { builtin, capture } from '../../closures/index.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import {
  inputFormatOf,
  ownSplits,
  type FileInfo,
  type FileSplit,
  type InputFormatSpec,
  type OwnInputFormat,
  type SplitWish,
} from '../../formats/index.ts'

/** How files become pairs: a format by its name, by its name with options, or one's own. */
export type FileInputFormat<K = unknown, V = unknown, S = FileSplit> =
  string | InputFormatSpec | OwnInputFormat<K, V, S>

/** What is made of files. */
export interface FileReading<K, V, S> {
  /** For messages: the method that the user called. */
  readonly operator: string
  readonly format: FileInputFormat<K, V, S>
  /** Records are the pairs of the format, or their values alone. Default: pairs. */
  readonly records?: 'pairs' | 'values'
}

/** How files are read: cut into splits in the driver, which a task function reads. */
export interface SplitReader {
  readonly read: TaskFunction
  splits(files: readonly FileInfo[], wish?: SplitWish): readonly unknown[]
}

/**
 * The reader of a format.
 *
 * @throws DStreamError UNKNOWN_INPUT_FORMAT; TaskNotSerializableError when a format of one's own cannot travel
 */
export function splitReader<K, V, S>({ operator, format, records = 'pairs' }: FileReading<K, V, S>): SplitReader {
  if (typeof format === 'object' && 'read' in format) {
    const read = capture((split: S) => format.read(split), { operator, async: 'allowed' })
    return { read, splits: (files, wish) => ownSplits(format, files, wish) }
  }
  const { name, options = {} } = typeof format === 'string' ? { name: format } : format
  // Classes of one's own among the options are code: they travel as what a function captures.
  const travelling = 'writables' in options ? [capture(() => options, { operator, async: 'refused' })] : []
  const known = inputFormatOf({ name, options })
  return {
    read: builtin('readFormat', travelling, [name, travelling.length > 0 ? {} : options, records]),
    splits: (files, wish = {}) => known.splits(files, wish),
  }
}
