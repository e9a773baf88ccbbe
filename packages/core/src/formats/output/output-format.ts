import type { AsyncFileAccess, FileAccess } from '../byte-source.ts'
import type { Pair } from '../input/input-format.ts'
import { localFiles } from '../local-files.ts'

/** Makes the bytes of one file. Whoever owns it takes them when there are enough (`pending`). */
export interface PairEncoder<K = unknown, V = unknown> {
  append(key: K, value: V): void
  readonly pending: number
  take(): Uint8Array
  /** The last bytes. */
  finish(): Uint8Array
}

/** How pairs become the bytes of a file. */
export interface OutputFormat<K = unknown, V = unknown> {
  readonly name: string
  /** How the names of its files end: `.gz`, or nothing. */
  readonly extension: string
  /** For one file. */
  encoder(): PairEncoder<K, V>
}

/**
 * An output format of the user's own: a function that writes a file which does not exist yet. It is given a path of a task attempt; the file counts once
 * the task has been committed.
 *
 * @example
 * import { writeFileSync } from 'node:fs'
 * import type { OwnOutputFormat } from '@dstream/core/formats'
 *
 * const asJson: OwnOutputFormat = { write: (path, pairs) => writeFileSync(path, JSON.stringify([...pairs])) }
 */
export interface OwnOutputFormat<K = unknown, V = unknown> {
  readonly extension?: string
  write(path: string, pairs: Iterable<Pair<K, V>>): void | Promise<void>
}

const pieceBytes = 64 * 1024

/**
 * Writes pairs as one new file; where that fails, nothing is left of it.
 *
 * @example
 * writePairs(textOutputFormat(), 'out/part-00000', [['hello', 1]]) // the file has the line "hello\t1"
 */
export function writePairs<K, V>(
  format: OutputFormat<K, V>,
  path: string,
  pairs: Iterable<Pair<K, V>>,
  files: FileAccess = localFiles,
): void {
  const sink = files.create(path)
  try {
    const encoder = format.encoder()
    for (const [key, value] of pairs) {
      encoder.append(key, value)
      if (encoder.pending >= pieceBytes) sink.write(encoder.take())
    }
    sink.write(encoder.finish())
  } catch (error) {
    sink.abort()
    throw error
  }
  sink.close()
}

/** The same for storage that answers later, and for pairs that come later. */
export async function writePairsLater<K, V>(
  format: OutputFormat<K, V>,
  path: string,
  pairs: Iterable<Pair<K, V>> | AsyncIterable<Pair<K, V>>,
  files: AsyncFileAccess,
): Promise<void> {
  const sink = await files.create(path)
  try {
    const encoder = format.encoder()
    for await (const [key, value] of pairs) {
      encoder.append(key, value)
      if (encoder.pending >= pieceBytes) await sink.write(encoder.take())
    }
    await sink.write(encoder.finish())
  } catch (error) {
    await sink.abort()
    throw error
  }
  await sink.close()
}
