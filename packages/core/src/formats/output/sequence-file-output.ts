import { ObjectFileWriter, type ObjectFileOptions } from '../object-file.ts'
import { SequenceFileWriter, type SequenceWriteOptions } from '../sequence-file/writer.ts'
import { writableFor } from '../sequence-file/writables.ts'
import type { OutputFormat, PairEncoder } from './output-format.ts'

/** As for SequenceFileWriter. Classes that are not named are those of the first pair (`writableFor`). Where a codec is named, `block` is the default. */
export type SequenceOutputOptions = Partial<SequenceWriteOptions>

/**
 * SequenceFiles. Name the classes where an output has several files: else a file without pairs is one of NullWritables, and numbers may be of a different class
 * in each file.
 *
 * @see Hadoop's SequenceFileOutputFormat
 */
export const sequenceFileOutputFormat = (options: SequenceOutputOptions = {}): OutputFormat => ({
  name: 'SequenceFileOutputFormat',
  extension: '',
  encoder: () => new PairWriter(options),
})

/** Object files: the values are records of any kind; keys are not looked at. */
export const objectFileOutputFormat = (options: ObjectFileOptions = {}): OutputFormat => ({
  name: 'ObjectFileOutputFormat',
  extension: '',
  encoder: () => {
    const writer = new ObjectFileWriter(options)
    return {
      append: (_key, record) => writer.append(record),
      get pending() {
        return writer.pending
      },
      take: () => writer.take(),
      finish: () => writer.finish(),
    }
  },
})

/** Waits for the first pair, which may have to tell the classes. */
class PairWriter implements PairEncoder {
  readonly #options: SequenceOutputOptions
  #writer: SequenceFileWriter | undefined

  constructor(options: SequenceOutputOptions) {
    this.#options = options
  }

  append(key: unknown, value: unknown): void {
    this.#writer ??= this.#open(key, value)
    this.#writer.append(key, value)
  }

  get pending(): number {
    return this.#writer?.pending ?? 0
  }

  take(): Uint8Array {
    return this.#writer?.take() ?? new Uint8Array(0)
  }

  finish(): Uint8Array {
    return (this.#writer ?? this.#open(null, null)).finish()
  }

  #open(key: unknown, value: unknown): SequenceFileWriter {
    const { keyClass, valueClass, codec, compression = codec === undefined ? 'none' : 'block' } = this.#options
    return new SequenceFileWriter({
      ...this.#options,
      compression,
      keyClass: keyClass ?? writableFor(key),
      valueClass: valueClass ?? writableFor(value),
    })
  }
}
