import assert from 'node:assert/strict'
import { test } from 'node:test'
import zlib from 'node:zlib'
import fc from 'fast-check'
import { linesOf } from '../../codec/index.ts'
import { MemoryFileSystem } from '../../storage/index.ts'
import { bytesSource, type FileAccess } from '../byte-source.ts'
import { ObjectFileWriter } from '../object-file.ts'
import { storageFiles } from '../storage-files.ts'
import { fileSplits, type FileInfo, type SplitWish } from './file-splits.ts'
import { fixedLengthBinaryInputFormat } from './fixed-length-input.ts'
import { ownSplits, readSplit, readSplitLater, type InputFormat, type OwnInputFormat } from './input-format.ts'
import { inputFormatOf } from './named-input.ts'
import { objectFileInputFormat } from './sequence-file-input.ts'
import { textInputFormat } from './text-input.ts'
import { wholeBinaryInputFormat, wholeTextInputFormat } from './whole-file-input.ts'

/** Files in memory, and what a listing would say of them. */
function inMemory(contents: Readonly<Record<string, Uint8Array | string>>): { files: FileAccess; infos: FileInfo[] } {
  const bytes = new Map(Object.entries(contents).map(([path, content]) => [path, Buffer.from(content)]))
  return {
    files: { open: path => bytesSource(bytes.get(path)!), create: () => assert.fail() },
    infos: [...bytes].map(([path, { length }]) => ({ path, size: length })),
  }
}

/** All pairs, cut into that many splits. */
function read<K, V, S>(
  format: InputFormat<K, V, S>,
  contents: Readonly<Record<string, Uint8Array | string>>,
  minSplits = 1,
): [K, V][] {
  const { files, infos } = inMemory(contents)
  return format.splits(infos, { minSplits }).flatMap(split => [...readSplit(format, split, files)].flat())
}

const values = <V>(pairs: readonly (readonly [unknown, V])[]): V[] => pairs.map(([, value]) => value)

test('lines cut anywhere are each read once, with the byte at which they begin', () => {
  const text = fc
    .array(fc.constantFrom('a', 'é', '😀', '', ' ', 'long '.repeat(9), '\n', '\r\n', '\r', '\ufeff'), { maxLength: 40 })
    .map(parts => parts.join(''))
    .filter(t => t !== '')
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (content, minSplits) => {
      const pairs = read(textInputFormat(), { a: content }, minSplits)
      const bytes = Buffer.from(content)
      const hasMark = content.startsWith('\ufeff')
      assert.deepEqual(values(pairs), linesOf(hasMark ? bytes.subarray(3) : bytes))
      for (const [i, [at, line]] of pairs.entries()) {
        const from = i === 0 && hasMark ? 3 : at
        assert.ok(bytes.subarray(from).toString().startsWith(line), `line ${i} at ${at}`)
      }
    }),
    { numRuns: 500 },
  )
})

test('a line that begins exactly where a split ends belongs to that split, as in Hadoop', () => {
  const { files } = inMemory({ a: 'aa\nbb\ncc\n' })
  const lines = [
    { start: 0, length: 3 },
    { start: 3, length: 6 },
  ].map(range => values([...readSplit(textInputFormat(), { path: 'a', size: 9, ...range }, files)].flat()))
  assert.deepEqual(lines, [['aa', 'bb'], ['cc']])
})

test('lines of a megabyte, and a file that ends in half of \\r\\n, are read', () => {
  const long = 'x'.repeat(1_000_000)
  assert.deepEqual(values(read(textInputFormat(), { a: `${long}\r\n${long}\r` }, 7)), [long, long])
})

test('compressed files are one split, members one behind the other are one file', () => {
  const text = 'one\ntwo\nthree\n'
  const halves = [text.slice(0, 6), text.slice(6)]
  const members = {
    'a.gz': Buffer.concat(halves.map(half => zlib.gzipSync(half))),
    'a.deflate': Buffer.concat(halves.map(half => zlib.deflateSync(half))),
    'a.zst': Buffer.concat(halves.map(half => zlib.zstdCompressSync(half))),
  }
  for (const [path, bytes] of Object.entries(members)) {
    const pairs = read(textInputFormat(), { [path]: bytes }, 5)
    assert.deepEqual(pairs, [[0, 'one'], [4, 'two'], [8, 'three']], path) // prettier-ignore
  }
})

test('an empty compressed file has no lines', () => {
  for (const [path, bytes] of Object.entries({ 'a.gz': zlib.gzipSync(''), 'b.gz': Buffer.alloc(0) }))
    assert.deepEqual(read(textInputFormat(), { [path]: bytes }), [])
})

test('a compressed file that is cut off at any byte, or none, is an error; so is one that is larger than allowed', () => {
  for (const [path, whole] of Object.entries({
    'a.gz': zlib.gzipSync('hello\n'.repeat(100)),
    'a.deflate': zlib.deflateSync('hello\n'.repeat(100)),
    'a.zst': zlib.zstdCompressSync('hello\n'.repeat(100)),
  })) {
    const error = { code: 'CORRUPT_COMPRESSED_FILE' }
    for (let length = 1; length < whole.length; length++)
      assert.throws(() => read(textInputFormat(), { [path]: whole.subarray(0, length) }), error, `${path} ${length}`)
    assert.throws(() => read(textInputFormat(), { [path]: 'no compressed bytes' }), error)
    assert.throws(() => read(textInputFormat({ maxBytes: 599 }), { [path]: whole }), error)
    assert.equal(read(textInputFormat({ maxBytes: 600 }), { [path]: whole }).length, 100)
  }
})

test('storage that answers later gives the same pairs, compressed text piece by piece', async () => {
  const fileSystem = new MemoryFileSystem()
  const text = Array.from({ length: 100_000 }, (_, i) => `line ${i}`).join('\n')
  const contents = { '/a.txt': Buffer.from(text), '/a.gz': zlib.gzipSync(text), '/a.deflate': zlib.deflateSync(text) }
  for (const [path, bytes] of Object.entries(contents)) {
    await fileSystem.create(path, bytes)
    const format = textInputFormat()
    const splits = format.splits([{ path, size: bytes.length }], { minSplits: 3 })
    const later: [number, string][] = []
    for (const split of splits)
      for await (const lines of readSplitLater(format, split, storageFiles(fileSystem))) later.push(...lines)
    assert.deepEqual(later, read(format, { [path]: bytes }))
    assert.equal(later.length, 100_000)
  }
  await fileSystem.create('/cut.gz', contents['/a.gz'].subarray(0, 1000))
  const cut = { path: '/cut.gz', size: 1000, start: 0, length: 1000 }
  const lines = readSplitLater(textInputFormat(), cut, storageFiles(fileSystem))
  await assert.rejects(Array.fromAsync(lines), { code: 'CORRUPT_COMPRESSED_FILE' })
})

test('records of one length are read once, however the file is cut', () => {
  const shapes = fc.record({
    recordLength: fc.integer({ min: 1, max: 9 }),
    count: fc.integer({ min: 0, max: 30 }),
    minSplits: fc.integer({ min: 1, max: 40 }),
  })
  fc.assert(
    fc.property(shapes, ({ recordLength, count, minSplits }) => {
      const bytes = Uint8Array.from({ length: recordLength * count }, (_, i) => i)
      const pairs = read(fixedLengthBinaryInputFormat({ recordLength }), { a: bytes }, minSplits)
      assert.deepEqual(pairs, Array.from({ length: count }, (_, i) => [i, bytes.slice(i * recordLength, (i + 1) * recordLength)])) // prettier-ignore
    }),
  )
  const keys = read(fixedLengthBinaryInputFormat({ recordLength: 4, keys: 'position' }), { a: 'aaaabbbb' })
  assert.deepEqual(keys.map(([key]) => key), [0, 4]) // prettier-ignore
})

test('a partial last record, and a length that is none, are errors with Hadoop’s text', () => {
  assert.throws(() => read(fixedLengthBinaryInputFormat({ recordLength: 4 }), { a: 'aaaabbb' }), {
    code: 'PARTIAL_RECORD',
    message: /^Partial record\(length = 3\) found at the end of split\./,
  })
  for (const recordLength of [0, -1, 1.5, NaN])
    assert.throws(() => fixedLengthBinaryInputFormat({ recordLength }), { code: 'RECORD_LENGTH' })
})

test('whole files are text or bytes, several in one split, empty ones too', () => {
  const contents = { a: 'one\ntwo', 'b.gz': zlib.gzipSync('three'), c: '' }
  const texts = [['a', 'one\ntwo'], ['b.gz', 'three'], ['c', '']] // prettier-ignore
  for (const minSplits of [1, 2, 9]) assert.deepEqual(read(wholeTextInputFormat(), contents, minSplits), texts)
  assert.deepEqual(read(wholeBinaryInputFormat(), contents)[1], ['b.gz', new Uint8Array(contents['b.gz'])])
  assert.equal(wholeTextInputFormat().splits(inMemory(contents).infos, { minSplits: 1 }).length, 1)
})

test('files are cut at one size for all, the last split of a file is up to a tenth larger', () => {
  const lengths = (sizes: number[], wish: SplitWish): number[][] => {
    const splits = fileSplits(sizes.map((size, i) => ({ path: `${i}`, size })), wish) // prettier-ignore
    return sizes.map((_, i) => splits.filter(split => split.path === `${i}`).map(split => split.length))
  }
  assert.deepEqual(lengths([100], { minSplits: 2 }), [[50, 50]])
  assert.deepEqual(lengths([109, 100], { minSplits: 2 }), [[109], [100]])
  assert.deepEqual(lengths([100, 10, 0], { minSplits: 2 }), [[55, 45], [10], []])
  assert.deepEqual(lengths([100], { maxBytes: 30 }), [[30, 30, 30, 10]])
  assert.deepEqual(lengths([3], { minSplits: 10 }), [[1, 1, 1]])
})

test('an object file gives back records of every kind', () => {
  const records = [1, 'two', [3, { four: 5n }], new Map([['a', new Date(0)]]), null, undefined, NaN]
  const many = Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, i])
  for (const compression of ['none', 'record', 'block'] as const) {
    const writer = new ObjectFileWriter({ compression })
    for (const record of [...records, ...many]) writer.append(record)
    const bytes = writer.finish()
    assert.deepEqual(values(read(objectFileInputFormat(), { a: bytes }, 4)), [...records, ...many])
  }
})

test('a format is found by its name, with and without a package; one that is none is told', () => {
  assert.equal(inputFormatOf({ name: 'org.apache.hadoop.mapreduce.lib.input.TextInputFormat' }).name, 'TextInputFormat')
  const fixed = inputFormatOf({ name: 'FixedLengthInputFormat', options: { recordLength: 2 } })
  assert.deepEqual(read(fixed, { a: 'aabb' }).map(([key]) => key), [0, 2]) // prettier-ignore
  assert.throws(() => inputFormatOf({ name: 'XmlInputFormat' }), {
    code: 'UNKNOWN_INPUT_FORMAT',
    message: /XmlInputFormat[^]*TextInputFormat, SequenceFileInputFormat/,
  })
})

test('a format of one’s own is two functions, and takes whole files without splits', () => {
  const { infos } = inMemory({ a: 'xy', b: 'z' })
  const own: OwnInputFormat<string, number> = { read: split => [[split.path, split.length]] }
  assert.deepEqual(ownSplits(own, infos).flatMap(split => [...(own.read(split) as [string, number][])]), [['a', 2], ['b', 1]]) // prettier-ignore
  const numbered: OwnInputFormat<number, number, number> = { splits: files => [files.length], read: n => [[n, n]] }
  assert.deepEqual(ownSplits(numbered, infos), [2])
})
