import { basename } from 'node:path'
import { capture, type TaskFunction } from '../../../closures/index.ts'
import { codecOfFile } from '../../../formats/index.ts'
import type { Logger } from '../../../logging/logger.ts'
import { oncePer } from '../../../logging/once-per.ts'
import type { OncePer } from '../../../logging/once-per.ts'
import type { SourceSpec } from '../../../rdd/plan/source-spec.ts'
import { splitReader, type FileInputFormat, type SplitReader } from '../../../rdd/files/read-files.ts'
import { RDD } from '../../../rdd/rdd.ts'
import type { Time } from '../../../time/index.ts'
import type { StreamingContext } from '../../context/streaming-context.ts'
import { InputDStream, type Allocation } from '../../dstream/input-dstream.ts'
import type { CaptureDriver } from '../../checkpoint/describe-graph.ts'
import type { InputSourceContent } from '../../checkpoint/schema/index.ts'
import { fileMemory, readFileMemory, readFiles, type FileMemory } from './file-memory.ts'
import { listFiles, readable } from './list-files.ts'
import { seenAfter, seenUpToMs, type SeenFiles } from './seen-files.ts'
import { rememberMsOf, selectFiles } from './select-files.ts'
import type { FileEntry, FileRules, RememberedFiles } from './select-files.ts'
import { splitsOf } from './splits.ts'

/** Makes records of a file, in a task. */
export type FileReader<T> = (file: {
  readonly path: string
  readonly length: number
}) => Iterable<T> | AsyncIterable<T> | Promise<Iterable<T> | AsyncIterable<T>>

/** How a directory is watched. */
export interface FileStreamOptions<T = string> {
  /** Which paths are taken; a driver function. Default: those whose name does not begin with a dot. */
  readonly filter?: (path: string) => boolean
  /** Files that are there when the stream is made are ignored. Default true; else those that are not too old are taken too. */
  readonly newFilesOnly?: boolean
  /** Makes the records; a task function. Default: the lines of text. */
  readonly read?: FileReader<T>
}

/** What a checkpoint says of a file stream. */
export interface RestoredFiles {
  readonly ignoreUpToMs: number
  readonly read?: TaskFunction
}

/** A directory whose files are read in an input format: the records are its pairs. */
export interface FormattedFileStreamOptions<K, V> extends Omit<FileStreamOptions<[K, V]>, 'read'> {
  /** By its name, with options, or one's own. */
  readonly format: FileInputFormat<K, V>
  /** Take the values of the pairs alone. @internal */
  readonly records?: 'pairs' | 'values'
}

/**
 * The new files of a directory, batch by batch. A file belongs to the first batch whose time is not before the file's modification time,
 * if it is not older than `spark.streaming.fileStream.minRememberDuration` then, and is taken once. So files must be moved or renamed
 * into the directory when they are whole.
 *
 * What is read of a file is what it held when the directory was looked at (of a last line that was cut there, all of it): what is
 * appended later is never read, and a warning says so. A file that cannot be opened is left for a later batch, with a warning; one that
 * vanishes before its task reads it fails the task. Why a file is not taken is logged at level DEBUG.
 *
 * @see guide, "File Streams"; Spark's `FileInputDStream`
 * @example
 * new FileInputDStream(ssc, 'fileStream', 'logs', { filter: path => path.endsWith('.csv') }).count().print()
 */
export class FileInputDStream<T = string> extends InputDStream<T> {
  readonly #directory: string
  readonly #options: FileStreamOptions<T> | FormattedFileStreamOptions<unknown, unknown>
  readonly #accepts: (path: string) => boolean
  /** How files are read that are not lines of text. */
  readonly #reader: SplitReader | undefined
  #rules: FileRules
  readonly #logger: Logger
  readonly #repeated: OncePer
  /** What was in the directory when it was looked at last. */
  #listed: ReadonlySet<string> | undefined
  #remembered: RememberedFiles = new Map()
  /** Undefined before the first batch. */
  #seen: SeenFiles | undefined
  /** The files of each batch that may be asked for again, by its time. */
  readonly #taken = new Map<number, readonly FileEntry[]>()
  /** The times of batches whose files are not in the log yet. */
  readonly #unlogged = new Set<number>()
  /** Ends with the batch that has asked last. */
  #looking: Promise<unknown> = Promise.resolve()

  /**
   * @param operator the method of the context that made it: `textFileStream`
   * @param restored after a restart from a checkpoint alone
   */
  constructor(
    ssc: StreamingContext,
    operator: string,
    directory: string,
    options: FileStreamOptions<T> | FormattedFileStreamOptions<unknown, unknown> = {},
    restored?: RestoredFiles,
  ) {
    super(ssc, operator)
    const slideMs = ssc.graph.batchMs
    this.#directory = directory
    this.#logger = ssc.sparkContext.log.logger('FileInputDStream')
    this.#repeated = oncePer((text, count) => this.#logger.warn(count === 1 ? text : `${text} (${count} times by now)`))
    this.#options = options
    const filter = options.filter ?? isShown
    this.#accepts = path => filter(path) || (this.#logger.debug(() => `${path} rejected by filter`), false)
    this.#reader = restored?.read === undefined ? readerOf(operator, options) : ownReader(restored.read)
    this.#rules = {
      slideMs,
      ignoreUpToMs: restored?.ignoreUpToMs ?? (options.newFilesOnly === false ? 0 : ssc.clock.now()),
      rememberMs: rememberMsOf(slideMs, ssc.sparkContext.settings.fileStreamMinRememberMs),
    }
  }

  override async compute(time: Time): Promise<RDD<T>> {
    const files = await this.#filesOf(time.milliseconds)
    const paths = files.map(file => file.path)
    this.#logger.info(() => `New files at time ${time.toString()}: ${paths.join(', ')}`)
    this.reportInfo(time, 0, { files: paths, Description: paths.join('\n') })
    return this.#rddOf(files)
  }

  /** @internal */
  override describe(captureDriver: CaptureDriver): InputSourceContent {
    const { operator, site } = this.node
    const options = this.#options
    const filter = options.filter && captureDriver(options.filter, operator, site)
    const format = 'format' in options ? captureDriver(() => options, operator, site, options) : undefined
    if ((options.filter !== undefined && filter === undefined) || ('format' in options && format === undefined))
      return { kind: 'none' }
    const read = 'format' in options ? undefined : this.#reader?.read
    const how = { ...(filter && { filter }), ...(read && { read }), ...(format && { format }) }
    return { kind: 'files', directory: this.#directory, ignoreUpToMs: this.#rules.ignoreUpToMs, ...how }
  }

  /** @internal */
  override memory(): FileMemory {
    return fileMemory(this.#rules.ignoreUpToMs, this.#remembered, this.#taken, this.#seen)
  }

  /** @internal */
  override newAllocations(): readonly Allocation[] {
    const times = [...this.#unlogged]
    this.#unlogged.clear()
    return times.map(timeMs => ({
      timeMs,
      range: this.#taken.get(timeMs)!.map(({ path, length, modifiedMs }) => ({ path, length, modifiedMs })),
    }))
  }

  /** @internal */
  override recall(memory: unknown, allocations: readonly Allocation[]): void {
    const { ignoreUpToMs, files, batches, seenUpToMs: upToMs, unseen = [] } = readFileMemory(memory)
    this.#seen =
      upToMs === undefined ? undefined : { upToMs, unseen: new Map(unseen.map(one => [one.path, one.upToMs])) }
    this.#rules = { ...this.#rules, ignoreUpToMs: Math.min(ignoreUpToMs, this.#rules.ignoreUpToMs) }
    const remembered = new Map(files.map(file => [file.path, file]))
    for (const batchMs of batches)
      this.#taken.set(
        batchMs,
        files.filter(file => file.batchMs === batchMs),
      )
    for (const { timeMs, range } of allocations) {
      const ofBatch = readFiles(range)
      this.#taken.set(timeMs, ofBatch)
      for (const file of ofBatch) remembered.set(file.path, { ...file, batchMs: timeMs })
    }
    this.#remembered = remembered
  }

  /** @internal */
  override forget(upToMs: number): void {
    for (const batchMs of this.#taken.keys()) {
      if (batchMs > upToMs) continue
      this.#taken.delete(batchMs)
      this.#unlogged.delete(batchMs)
    }
  }

  /** One batch after the other: one that was given up, as another input failed, may still be looking for its files. */
  #filesOf(batchMs: number): Promise<readonly FileEntry[]> {
    const files = this.#looking.then(() => this.#taken.get(batchMs) ?? this.#newFiles(batchMs))
    this.#looking = files.catch(() => undefined)
    return files
  }

  async #newFiles(batchMs: number): Promise<readonly FileEntry[]> {
    const startedMs = this.context.clock.elapsed()
    const { files, problems } = await listFiles(this.#directory, this.#accepts)
    for (const { message, error } of problems)
      this.#repeated.add(error instanceof Error ? `${message}: ${error.message}` : message)
    const seen = (this.#seen ??= { upToMs: batchMs - this.#rules.slideMs, unseen: new Map() })
    const { selected, skipped, remembered } = selectFiles(files, batchMs, this.#remembered, {
      ...this.#rules,
      seenUpToMs: path => seenUpToMs(seen, path),
    })
    const before = this.#listed
    this.#listed = new Set(files.map(file => file.path))
    for (const { path, why, changed, tooOld } of skipped) {
      if (tooOld && before?.has(path) === false)
        this.#repeated.add(
          `${path} has come too late and is never read: it was modified longer ago than spark.streaming.fileStream.minRememberDuration`,
        )
      this.#logger.debug(why)
      if (changed)
        this.#repeated.add(
          `${path} has changed after it was read; the change is not read. Move files into the directory when they are whole`,
        )
    }
    const { can, cannot } = await readable(selected)
    const kept = new Map(remembered)
    for (const { file, error } of cannot) {
      kept.delete(file.path)
      this.#repeated.add(`${file.path} cannot be read, it is left for a later batch: ${(error as Error).message}`)
    }
    // All at once: a checkpoint may be put together at any moment.
    this.#remembered = kept
    this.#taken.set(batchMs, can)
    this.#unlogged.add(batchMs)
    const failed = [...problems.map(({ path }) => path), ...cannot.map(({ file }) => file.path)]
    this.#seen = seenAfter(seen, batchMs, failed)
    const tookMs = this.context.clock.elapsed() - startedMs
    if (tookMs > this.#rules.slideMs)
      this.#repeated.add(
        'Finding new files takes longer than a batch interval: use a longer interval, or fewer files in the directory',
      )
    return can
  }

  #rddOf(files: readonly FileEntry[]): RDD<T> {
    if (this.#reader !== undefined) return this.#sourceRdd(readBy(this.#reader, files))
    const { sparkContext } = this.context
    const compressed = files.filter(({ path }) => codecOfFile(path) !== undefined)
    const plain = files.filter(({ path }) => codecOfFile(path) === undefined)
    const lines = this.#sourceRdd({ kind: 'text', splits: splitsOf(plain, sparkContext.defaultParallelism) })
    if (compressed.length === 0) return lines
    const reader = splitReader({ operator: this.node.operator, format: 'TextInputFormat', records: 'values' })
    const unpacked = this.#sourceRdd(readBy(reader, compressed))
    return plain.length === 0 ? unpacked : sparkContext.union(lines, unpacked)
  }

  #sourceRdd(source: Extract<SourceSpec, { readonly kind: 'text' | 'reader' }>): RDD<T> {
    const { sparkContext } = this.context
    const { operator, site } = this.node
    const numPartitions = source.splits.length
    return new RDD<T>(
      sparkContext,
      sparkContext.newNode({ kind: 'source', operator, parents: [], numPartitions, source }, site),
    )
  }
}

const readBy = ({ read, splits }: SplitReader, files: readonly FileEntry[]) => ({
  kind: 'reader' as const,
  splits: splits(files.map(({ path, length }) => ({ path, size: length }))),
  read,
})

function readerOf<T>(
  operator: string,
  options: FileStreamOptions<T> | FormattedFileStreamOptions<unknown, unknown>,
): SplitReader | undefined {
  if ('format' in options) return splitReader({ operator, ...options })
  if (options.read === undefined) return undefined
  return ownReader(capture(options.read, { operator, async: 'allowed' }))
}

const ownReader = (read: TaskFunction): SplitReader => ({
  read,
  splits: files => files.map(({ path, size }) => ({ path, length: size })),
})

const isShown = (path: string): boolean => !basename(path).startsWith('.')
