import { Buffer } from 'node:buffer'

/** The class of a SequenceFile's keys or values, without its package. */
export type WritableName =
  | 'Text'
  | 'IntWritable'
  | 'LongWritable'
  | 'FloatWritable'
  | 'DoubleWritable'
  | 'BooleanWritable'
  | 'BytesWritable'
  | 'NullWritable'

/** A value as text, as ../spark/spark_files.py tells it: by class, because a JavaScript number does not say which it is. */
export function told(value: unknown, name: WritableName): string {
  switch (name) {
    case 'Text':
      return `s:${value as string}`
    case 'IntWritable':
    case 'LongWritable':
      return `i:${String(value)}`
    case 'FloatWritable':
    case 'DoubleWritable':
      return `d:${bitsOf(value as number)}`
    case 'BooleanWritable':
      return `b:${String(value)}`
    case 'BytesWritable':
      return `x:${Buffer.from(value as Uint8Array).toString('hex')}`
    case 'NullWritable':
      return 'null'
  }
}

function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return Number.isNaN(value) ? '7ff8000000000000' : bytes.toString('hex')
}

export const samples: Readonly<Record<WritableName, readonly unknown[]>> = {
  Text: ['', 'hello', 'héllo 世界', '😀', 'a\tb\nc\rd\u0000e', 'x'.repeat(300), 'y'.repeat(70_000)],
  IntWritable: [0, 1, -1, 127, -128, 2 ** 31 - 1, -(2 ** 31)],
  LongWritable: [
    0,
    -1,
    2 ** 31,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    2n ** 53n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ],
  FloatWritable: [0, -0, 1.5, Infinity, -Infinity, NaN, 2 ** -149],
  DoubleWritable: [0, -0, 0.1, Infinity, -Infinity, NaN, 5e-324],
  BooleanWritable: [true, false],
  BytesWritable: [new Uint8Array(0), Uint8Array.from({ length: 256 }, (_, i) => i), new Uint8Array(130).fill(0x80)],
  NullWritable: [null],
}
