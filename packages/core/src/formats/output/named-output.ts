import { DStreamError } from '../../errors/dstream-error.ts'
import type { ObjectFileOptions } from '../object-file.ts'
import type { OutputFormat } from './output-format.ts'
import { objectFileOutputFormat, sequenceFileOutputFormat, type SequenceOutputOptions } from './sequence-file-output.ts'
import { textOutputFormat, type TextOutputOptions } from './text-output.ts'

/** An output format as data, as plans carry it: its name, with or without Hadoop's package, and its options. */
export interface OutputFormatSpec {
  readonly name: string
  readonly options?: Readonly<Record<string, unknown>>
}

const formats: ReadonlyMap<string, (options: Readonly<Record<string, unknown>>) => OutputFormat> = new Map([
  ['TextOutputFormat', options => textOutputFormat(options as TextOutputOptions)],
  ['SequenceFileOutputFormat', options => sequenceFileOutputFormat(options as SequenceOutputOptions)],
  ['ObjectFileOutputFormat', options => objectFileOutputFormat(options as ObjectFileOptions)],
])

/**
 * The format that a plan names.
 *
 * @throws DStreamError UNKNOWN_OUTPUT_FORMAT
 * @example
 * outputFormatOf({ name: 'org.apache.hadoop.mapred.TextOutputFormat' }).name // => 'TextOutputFormat'
 */
export function outputFormatOf(spec: OutputFormatSpec): OutputFormat {
  const make = formats.get(spec.name.slice(spec.name.lastIndexOf('.') + 1))
  if (make !== undefined) return make(spec.options ?? {})
  throw new DStreamError('UNKNOWN_OUTPUT_FORMAT', `There is no output format ${spec.name}`, {
    hint: `Known are ${[...formats.keys()].join(', ')}; or pass an object of your own with a function write(path, pairs).`,
  })
}
