/** A file as it was when the directory was looked at. */
export interface FileEntry {
  readonly path: string
  readonly length: number
  /** Epoch milliseconds, whole. */
  readonly modifiedMs: number
}

/** A file that was taken, and by which batch. As long as it was then, and as new as it was seen last. */
export interface TakenFile extends FileEntry {
  readonly batchMs: number
}

/** The files that were taken by the batches that are remembered, by path. */
export type RememberedFiles = ReadonlyMap<string, TakenFile>

/** The rules of one file stream. */
export interface FileRules {
  /** Files that were modified at this time or before are old: the start of the stream, or 0 where it reads what is there already. */
  readonly ignoreUpToMs: number
  /** A file older than this, seen from the batch, is ignored; and as long are files remembered. */
  readonly rememberMs: number
  readonly slideMs: number
  /** The newest batch for which a file was seen, or would have been. Undefined: each in the batch before. */
  readonly seenUpToMs?: (path: string) => number
}

export interface SkippedFile {
  readonly path: string
  /** Spark's words. */
  readonly why: string
  /** It has changed since it was taken; the change is not read. */
  readonly changed: boolean
  /** No batch will ever take it. */
  readonly tooOld: boolean
}

export interface Selection {
  readonly selected: readonly FileEntry[]
  readonly skipped: readonly SkippedFile[]
  readonly remembered: RememberedFiles
}

/**
 * How long files are remembered: the least whole number of slides that is not shorter than `spark.streaming.fileStream.minRememberDuration`.
 *
 * @see Spark's `FileInputDStream.calculateNumBatchesToRemember`
 */
export function rememberMsOf(slideMs: number, minRememberMs: number): number {
  return slideMs * Math.ceil(minRememberMs / slideMs)
}

/**
 * Which files belong to the batch of a time: those that were modified after the time to ignore, not after the batch time, and that no
 * remembered batch has taken. A path counts as the file: renaming makes a new one.
 *
 * ```
 *   ignored ──┤ batch - remember (or the start) ├── taken, once ──┤ batch time ├── a later batch's
 * ```
 *
 * @see Spark's `FileInputDStream.isNewFile`
 */
export function selectFiles(
  listing: readonly FileEntry[],
  batchMs: number,
  before: RememberedFiles,
  rules: FileRules,
): Selection {
  const { ignoreUpToMs, rememberMs, slideMs, seenUpToMs = () => Infinity } = rules
  const windowMs = (path: string): number => rememberMs + Math.max(0, batchMs - slideMs - seenUpToMs(path))
  // As after the clean-up that follows the batch before this one.
  const remembered = new Map(
    [...before].filter(([path, taken]) => lastHeardMs(taken) >= batchMs - slideMs - windowMs(path)),
  )
  const selected: FileEntry[] = []
  const skipped: SkippedFile[] = []
  for (const file of listing) {
    const thresholdMs = Math.max(ignoreUpToMs, batchMs - windowMs(file.path))
    const taken = remembered.get(file.path)
    const why = whyNot(file, batchMs, thresholdMs, taken)
    if (why === undefined) selected.push(file)
    else {
      const changed = taken !== undefined && isChanged(file, taken)
      // It is the same file as long as it goes on changing.
      if (changed) remembered.set(file.path, { ...taken, modifiedMs: Math.min(file.modifiedMs, batchMs) })
      skipped.push({ path: file.path, why, changed, tooOld: file.modifiedMs <= thresholdMs })
    }
  }
  selected.sort(byAge)
  for (const file of selected) remembered.set(file.path, { ...file, batchMs })
  return { selected, skipped, remembered }
}

function whyNot(
  { path, modifiedMs }: FileEntry,
  batchMs: number,
  thresholdMs: number,
  taken: TakenFile | undefined,
): string | undefined {
  if (modifiedMs <= thresholdMs) return `${path} ignored as mod time ${modifiedMs} <= ignore time ${thresholdMs}`
  if (modifiedMs > batchMs) return `${path} not selected as mod time ${modifiedMs} > current time ${batchMs}`
  if (taken !== undefined) return `${path} already considered`
  return undefined
}

const lastHeardMs = ({ batchMs, modifiedMs }: TakenFile): number => Math.max(batchMs, modifiedMs)

const isChanged = (file: FileEntry, taken: TakenFile): boolean =>
  file.length !== taken.length || file.modifiedMs !== taken.modifiedMs

const byAge = (a: FileEntry, b: FileEntry): number => a.modifiedMs - b.modifiedMs || (a.path < b.path ? -1 : 1)
