import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bytesSource } from '../byte-source.ts'
import type { SequenceCompression } from './header.ts'
import {
  readSequenceFile,
  sequenceFileHeader,
  sequenceFilePairs,
  type SequenceReadOptions,
} from './read-sequence-file.ts'
import { findWritable, writableFor, type Writable } from './writables.ts'
import { SequenceFileWriter, type SequenceWriteOptions } from './writer.ts'

const compressions: readonly SequenceCompression[] = ['none', 'record', 'block']
type Pairs = readonly (readonly [unknown, unknown])[]

function fileOf(pairs: Pairs, options: Partial<SequenceWriteOptions> = {}): Uint8Array {
  const writer = new SequenceFileWriter({ keyClass: 'Text', valueClass: 'IntWritable', ...options })
  for (const [key, value] of pairs) writer.append(key, value)
  return writer.finish()
}

const comesBack = (className: string, value: unknown, options: SequenceReadOptions = {}): unknown =>
  sequenceFilePairs(fileOf([[null, value]], { keyClass: 'NullWritable', valueClass: className }), options)[0]![1]

/** Keys and values of one class, at random. */
const classes: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Text: fc.string({ unit: 'grapheme', maxLength: 40 }),
  IntWritable: fc.integer(),
  LongWritable: fc.oneof(
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  ),
  DoubleWritable: fc.double(),
  FloatWritable: fc.float(),
  BooleanWritable: fc.boolean(),
  BytesWritable: fc.uint8Array({ maxLength: 60 }),
  NullWritable: fc.constant(null),
}
const className = fc.constantFrom(...Object.keys(classes))

test('pairs of any classes, in any compression, cut anywhere, are each read exactly once and in order', () => {
  const file = fc
    .tuple(className, className, fc.constantFrom(...compressions))
    .chain(([keyClass, valueClass, compression]) =>
      fc.record({
        keyClass: fc.constant(keyClass),
        valueClass: fc.constant(valueClass),
        compression: fc.constant(compression),
        codec: fc.constantFrom('DefaultCodec', 'GzipCodec', 'zstd'),
        syncIntervalBytes: fc.integer({ min: 0, max: 300 }),
        blockBytes: fc.integer({ min: 1, max: 500 }),
        pairs: fc.array(fc.tuple(classes[keyClass]!, classes[valueClass]!), { maxLength: 60 }),
      }),
    )
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
  fc.assert(
    fc.property(file, cuts, ({ pairs, ...options }, fractions) => {
      const source = bytesSource(fileOf(pairs, options))
      const at = [0, ...fractions.map(f => Math.floor(f * source.size)).sort((a, b) => a - b), source.size]
      const read = at
        .slice(1)
        .flatMap((end, i) => [...readSequenceFile(source, { start: at[i]!, length: end - at[i]! })].flat())
      assert.deepEqual(read, pairs)
    }),
    { numRuns: 300 },
  )
})

test('a small file cut at every byte gives every record once', () => {
  const pairs = Array.from({ length: 20 }, (_, i): [string, number] => [`key ${i}`, i])
  for (const compression of compressions) {
    const source = bytesSource(fileOf(pairs, { compression, syncIntervalBytes: 60, blockBytes: 40 }))
    for (let cut = 0; cut <= source.size; cut++) {
      const [left, right] = [{ start: 0, length: cut }, { start: cut, length: source.size - cut }] // prettier-ignore
      assert.deepEqual([...readSequenceFile(source, left), ...readSequenceFile(source, right)].flat(), pairs)
    }
  }
})

test('the writer marks a place to begin about every syncIntervalBytes', () => {
  const sync = new Uint8Array(16).fill(7)
  const pairs = Array.from({ length: 1000 }, (_, i): [string, number] => [`key ${i}`, i])
  const bytes = Buffer.from(fileOf(pairs, { sync }))
  let marks = 0
  for (let at = bytes.indexOf(sync); at >= 0; at = bytes.indexOf(sync, at + 16)) marks++
  assert.equal(marks, 1 + Math.floor(bytes.length / 2020))
})

test('a file is the same whether its bytes are taken piece by piece or at the end', () => {
  for (const compression of compressions) {
    const options = {
      keyClass: 'Text',
      valueClass: 'IntWritable',
      compression,
      blockBytes: 300,
      sync: new Uint8Array(16),
    }
    const [whole, pieces] = [new SequenceFileWriter(options), new SequenceFileWriter(options)]
    const parts: Uint8Array[] = []
    for (let i = 0; i < 500; i++) {
      whole.append(`k${i}`, i)
      pieces.append(`k${i}`, i)
      if (i % 7 === 0) parts.push(pieces.take())
    }
    assert.deepEqual(Buffer.concat([...parts, pieces.finish()]), Buffer.from(whole.finish()))
  }
})

test('a Long is a number where that is exact and else a bigint; always a bigint where one asks for it', () => {
  assert.equal(comesBack('LongWritable', 2 ** 53 - 1), 2 ** 53 - 1)
  assert.equal(comesBack('LongWritable', 5n), 5)
  assert.equal(comesBack('LongWritable', 2n ** 53n), 2n ** 53n)
  assert.equal(comesBack('LongWritable', 5, { longs: 'bigint' }), 5n)
})

test('what a class cannot hold is an error with the value, and the file stays as it was', () => {
  const cases: [string, unknown, RegExp][] = [
    ['IntWritable', 1.5, /whole numbers from -2147483648 to 2147483647, not 1\.5/],
    ['IntWritable', 2 ** 31, /not 2147483648/],
    ['IntWritable', NaN, /not NaN/],
    ['LongWritable', 2 ** 53, /not 9007199254740992/],
    ['LongWritable', 2n ** 63n, /not 9223372036854775808n/],
    ['Text', 7, /Text holds strings, not 7/],
    ['BytesWritable', [1], /not a value of Array/],
    ['NullWritable', 'x', /NullWritable holds null, not "x"/],
    ['BooleanWritable', 1, /true and false, not 1/],
    ['DoubleWritable', '1', /numbers, not "1"/],
  ]
  for (const [name, value, message] of cases) {
    for (const compression of compressions) {
      const writer = new SequenceFileWriter({ keyClass: 'Text', valueClass: name, compression })
      assert.throws(() => writer.append('key', value), { code: 'NOT_WRITABLE', message })
      assert.deepEqual(sequenceFilePairs(writer.finish()), [])
    }
  }
})

test('the class of a value that names none', () => {
  const values = ['a', 1, -1, 2 ** 31, -0, 1.5, NaN, 2n, true, new Uint8Array(1), null, undefined]
  assert.deepEqual(
    values.map(value => writableFor(value).replace('org.apache.hadoop.io.', '')),
    [
      ...['Text', 'IntWritable', 'IntWritable', 'LongWritable', 'DoubleWritable', 'DoubleWritable', 'DoubleWritable'],
      ...['LongWritable', 'BooleanWritable', 'BytesWritable', 'NullWritable', 'NullWritable'],
    ],
  )
  assert.throws(() => writableFor({ a: 1 }), { code: 'NOT_WRITABLE' })
})

test('metadata and classes are in the header', () => {
  const metadata = new Map([['made by', 'a test'], ['ü', '']]) // prettier-ignore
  const header = sequenceFileHeader(bytesSource(fileOf([], { metadata, compression: 'block' })))
  assert.deepEqual(header.metadata, metadata)
  assert.equal(header.keyClass, 'org.apache.hadoop.io.Text')
  assert.equal(header.codec, 'org.apache.hadoop.io.compress.DefaultCodec')
  assert.equal(header.compression, 'block')
})

test('a class of one’s own is written and read', () => {
  const point: Writable<[number, number]> = {
    className: 'geo.Point',
    write: ([x, y], output) => {
      output.float64(x)
      output.float64(y)
    },
    read: input => [input.float64(), input.float64()],
  }
  const writables = [point as Writable]
  const bytes = fileOf([['a', [1, 2]]], { valueClass: 'geo.Point', writables })
  assert.deepEqual(sequenceFilePairs(bytes, { writables }), [['a', [1, 2]]])
  assert.throws(() => sequenceFilePairs(bytes), { code: 'UNSUPPORTED_SEQUENCE_FILE', message: /geo\.Point/ })
  assert.throws(() => fileOf([], { valueClass: 'geo.Point' }), { code: 'UNKNOWN_WRITABLE' })
  assert.equal(findWritable('geo.Point'), undefined)
})

test('a value of many megabytes comes back', () => {
  const value = new Uint8Array(5_000_000).fill(9)
  for (const compression of compressions) {
    const bytes = fileOf([['a', value], ['b', value]], { valueClass: 'BytesWritable', compression }) // prettier-ignore
    assert.deepEqual(sequenceFilePairs(bytes).map(([, v]) => (v as Uint8Array).length), [5_000_000, 5_000_000]) // prettier-ignore
  }
})
