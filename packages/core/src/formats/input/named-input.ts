import { DStreamError } from '../../errors/dstream-error.ts'
import type { SequenceReadOptions } from '../sequence-file/read-sequence-file.ts'
import { fixedLengthBinaryInputFormat, type FixedLengthOptions } from './fixed-length-input.ts'
import type { InputFormat } from './input-format.ts'
import { objectFileInputFormat, sequenceFileInputFormat } from './sequence-file-input.ts'
import { textInputFormat, type TextInputOptions } from './text-input.ts'
import { wholeBinaryInputFormat, wholeTextInputFormat } from './whole-file-input.ts'

/** An input format as data, as plans carry it: its name, with or without Hadoop's or Spark's package, and its options. */
export interface InputFormatSpec {
  readonly name: string
  readonly options?: Readonly<Record<string, unknown>>
}

type Make = (options: Readonly<Record<string, unknown>>) => InputFormat<unknown, unknown, unknown>

const fixedLength = (options: unknown, keys: 'number' | 'position'): InputFormat<unknown, unknown, unknown> =>
  fixedLengthBinaryInputFormat({ keys, ...(options as FixedLengthOptions) })

const formats: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['TextInputFormat', options => textInputFormat(options as TextInputOptions)],
  ['SequenceFileInputFormat', options => sequenceFileInputFormat(options as SequenceReadOptions)],
  ['FixedLengthBinaryInputFormat', options => fixedLength(options, 'number')],
  ['FixedLengthInputFormat', options => fixedLength(options, 'position')],
  ['ObjectFileInputFormat', objectFileInputFormat],
  ['WholeTextFileInputFormat', wholeTextInputFormat],
  ['WholeBinaryFileInputFormat', wholeBinaryInputFormat],
])

/**
 * The format that a plan names.
 *
 * @throws DStreamError UNKNOWN_INPUT_FORMAT
 * @example
 * inputFormatOf({ name: 'org.apache.hadoop.mapred.TextInputFormat' }).name // => 'TextInputFormat'
 */
export function inputFormatOf(spec: InputFormatSpec): InputFormat<unknown, unknown, unknown> {
  const make = formats.get(spec.name.slice(spec.name.lastIndexOf('.') + 1))
  if (make !== undefined) return make(spec.options ?? {})
  throw new DStreamError('UNKNOWN_INPUT_FORMAT', `There is no input format ${spec.name}`, {
    hint: `Known are ${[...formats.keys()].join(', ')}; or pass an object of your own with a function read(split).`,
  })
}
