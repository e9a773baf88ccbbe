import { builtin, capture } from '../../closures/index.ts'
import {
  inputFormatOf,
  ownSplits,
  type FileInfo,
  type FileSplit,
  type InputFormatSpec,
  type OwnInputFormat,
  type SplitWish,
} from '../../formats/index.ts'
import type { SourceSpec } from '../plan/source-spec.ts'

/** How files become pairs: a format by its name, by its name with options, or one's own. */
export type FileInputFormat<K = unknown, V = unknown, S = FileSplit> =
  string | InputFormatSpec | OwnInputFormat<K, V, S>

/** What is made of files. */
export interface FileReading<K, V, S> {
  /** For messages: the method that the user called. */
  readonly operator: string
  readonly format: FileInputFormat<K, V, S>
  readonly wish?: SplitWish
  /** Records are the pairs of the format, or their values alone. Default: pairs. */
  readonly records?: 'pairs' | 'values'
}

/**
 * Files as the source of a dataset: cut into splits now, read in tasks.
 *
 * @throws DStreamError UNKNOWN_INPUT_FORMAT; TaskNotSerializableError when a format of one's own cannot travel
 */
export function filesSource<K, V, S>(
  files: readonly FileInfo[],
  { operator, format, wish = {}, records = 'pairs' }: FileReading<K, V, S>,
): Extract<SourceSpec, { kind: 'reader' }> {
  if (typeof format === 'object' && 'read' in format) {
    const read = capture((split: S) => format.read(split), { operator, async: 'allowed' })
    return { kind: 'reader', splits: ownSplits(format, files, wish), read }
  }
  const { name, options = {} } = typeof format === 'string' ? { name: format } : format
  // Classes of one's own among the options are code: they travel as what a function captures.
  const travelling = 'writables' in options ? [capture(() => options, { operator, async: 'refused' })] : []
  const read = builtin('readFormat', travelling, [name, travelling.length > 0 ? {} : options, records])
  return { kind: 'reader', splits: inputFormatOf({ name, options }).splits(files, wish), read }
}
