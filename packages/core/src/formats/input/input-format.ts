import type { AsyncFileAccess, FileAccess } from '../byte-source.ts'
import { localFiles } from '../local-files.ts'
import { readAtOnce, readLater, type ReadSteps } from '../read-steps.ts'
import type { FileInfo, FileSplit, SplitWish } from './file-splits.ts'

/** A pair of an input. */
export type Pair<K = unknown, V = unknown> = readonly [K, V]

/** How files become pairs: into which splits they are cut, and how a split is read. Splits are plain data. */
export interface InputFormat<K = unknown, V = unknown, S = FileSplit> {
  readonly name: string
  splits(files: readonly FileInfo[], wish: SplitWish): S[]
  /** The reading of a split, as steps, without any input of its own. */
  steps(split: S): ReadSteps<[K, V]>
  /** A better way for storage that answers later, where there is one. */
  later?(split: S, files: AsyncFileAccess): AsyncIterable<[K, V][]> | undefined
}

/**
 * An input format of the user's own: two functions. Each file is one split where `splits` is left out.
 *
 * @example
 * import type { OwnInputFormat } from '@dstream/core/formats'
 *
 * const doubled: OwnInputFormat<number, number> = {
 *   read: split => [[split.start, split.length * 2]],
 * }
 */
export interface OwnInputFormat<K = unknown, V = unknown, S = FileSplit> {
  /** Plain data, which a task is given. Runs in the driver. */
  splits?(files: readonly FileInfo[], wish: SplitWish): readonly S[]
  /** Runs in tasks. */
  read(split: S): Iterable<Pair<K, V>> | AsyncIterable<Pair<K, V>> | Promise<Iterable<Pair<K, V>>>
}

/** The splits of files by a format of one's own. */
export const ownSplits = <K, V, S>(
  format: OwnInputFormat<K, V, S>,
  files: readonly FileInfo[],
  wish: SplitWish = {},
): readonly S[] =>
  format.splits?.(files, wish) ??
  (files.map(file => ({ ...file, start: 0, length: file.size })) as readonly unknown[] as S[])

/**
 * The pairs of a split, in pieces, made as they are asked for; the files must answer at once.
 *
 * @example
 * const format = textInputFormat()
 * for (const split of format.splits([{ path: 'log.txt', size: 100 }], { minSplits: 2 }))
 *   for (const lines of readSplit(format, split)) console.log(lines) // [[0, 'first line'], …]
 */
export const readSplit = <K, V, S>(
  format: InputFormat<K, V, S>,
  split: S,
  files: FileAccess = localFiles,
): Generator<[K, V][], void, undefined> => readAtOnce(format.steps(split), path => files.open(path))

/** The same for storage that answers later. */
export const readSplitLater = <K, V, S>(
  format: InputFormat<K, V, S>,
  split: S,
  files: AsyncFileAccess,
): AsyncIterable<[K, V][]> => format.later?.(split, files) ?? readLater(format.steps(split), path => files.open(path))
