/** A file as a listing gave it. It is read up to this size, even when it has grown since. */
export interface FileInfo {
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** A range of a file that one task reads. */
export interface FileSplit extends FileInfo {
  readonly start: number
  readonly length: number
}

/** Into how many splits files are to be cut. */
export interface SplitWish {
  /** As many as this at least, where the files can be cut (Hadoop's old interface: textFile, sequenceFile, hadoopFile). Not regarded where absent. */
  readonly minSplits?: number
  /** A split has this many bytes at least; 1 by default. */
  readonly minBytes?: number
  /** A split has this many bytes at most; 32 MB by default, the block of a local file. */
  readonly maxBytes?: number
}

const localBlockBytes = 32 * 1024 * 1024
/** The last split of a file may be larger by a tenth, rather than leave a tiny one. */
const slop = 1.1

/**
 * Cuts files into splits as Hadoop's FileInputFormat does: of one size for all files, the bytes of all over `minSplits`, within the limits. Files that are
 * empty give none (as in Spark, spark.hadoopRDD.ignoreEmptySplits).
 *
 * @param splittable whether a file can be read from its middle
 * @example
 * fileSplits([{ path: 'a', size: 10 }], { minSplits: 2 }) // => [{ path: 'a', size: 10, start: 0, length: 5 }, { path: 'a', size: 10, start: 5, length: 5 }]
 */
export function fileSplits(
  files: readonly FileInfo[],
  wish: SplitWish = {},
  splittable: (file: FileInfo) => boolean = () => true,
): FileSplit[] {
  const size = splitBytes(files, wish)
  return files.flatMap(file => (splittable(file) ? cut(file, size) : whole(file)))
}

function splitBytes(
  files: readonly FileInfo[],
  { minSplits, minBytes = 1, maxBytes = localBlockBytes }: SplitWish,
): number {
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const goal = minSplits === undefined ? Infinity : Math.floor(total / Math.max(1, minSplits))
  return Math.max(1, minBytes, Math.min(goal, maxBytes))
}

const whole = (file: FileInfo): FileSplit[] =>
  file.size === 0 ? [] : [{ path: file.path, size: file.size, start: 0, length: file.size }]

function cut({ path, size }: FileInfo, splitSize: number): FileSplit[] {
  const splits: FileSplit[] = []
  let start = 0
  for (; (size - start) / splitSize > slop; start += splitSize) splits.push({ path, size, start, length: splitSize })
  if (start < size) splits.push({ path, size, start, length: size - start })
  return splits
}
