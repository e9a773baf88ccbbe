import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import zlib from 'node:zlib'
import { MemoryFileSystem } from '../../storage/index.ts'
import { readSplit } from '../input/input-format.ts'
import { objectFileInputFormat, sequenceFileInputFormat } from '../input/sequence-file-input.ts'
import { textInputFormat } from '../input/text-input.ts'
import type { InputFormat, Pair } from '../input/input-format.ts'
import { storageFiles } from '../storage-files.ts'
import { outputFormatOf } from './named-output.ts'
import { writePairs, writePairsLater, type OutputFormat } from './output-format.ts'
import { objectFileOutputFormat, sequenceFileOutputFormat } from './sequence-file-output.ts'
import { textOutputFormat } from './text-output.ts'

function inDirectory<T>(run: (directory: string) => T): T {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-output-'))
  try {
    return run(directory)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

const bytesOf = (format: OutputFormat, pairs: Iterable<Pair>): Buffer =>
  inDirectory(directory => {
    const file = path.join(directory, 'deep', 'part-00000')
    writePairs(format, file, pairs)
    return fs.readFileSync(file)
  })

function readBack(format: InputFormat, bytes: Uint8Array, name = 'a'): [unknown, unknown][] {
  return inDirectory(directory => {
    const file = path.join(directory, name)
    fs.writeFileSync(file, bytes)
    return format
      .splits([{ path: file, size: bytes.length }], {})
      .flatMap(split => [...readSplit(format, split)].flat())
  })
}

test('a line is key, TAB, value; a null one is left out with the TAB; two are no line', () => {
  const pairs: Pair[] = [['a', 1], [null, 'b'], ['c', undefined], [null, null], [['d', 2], { e: 3 }], ['', '']] // prettier-ignore
  assert.equal(bytesOf(textOutputFormat(), pairs).toString(), 'a\t1\nb\nc\n(d,2)\t{e: 3}\n\t\n')
  assert.equal(bytesOf(textOutputFormat({ separator: ' = ' }), [['a', 1]]).toString(), 'a = 1\n')
})

test('compressed text is read back, of many megabytes too, and an empty file is a compressed one', () => {
  const pairs = Array.from({ length: 200_000 }, (_, i): Pair => [null, `line ${i} of them all, and some more text`])
  for (const codec of ['gzip', 'deflate', 'zstd']) {
    const format = textOutputFormat({ codec })
    const lines = readBack(textInputFormat(), bytesOf(format, pairs), `a${format.extension}`)
    assert.deepEqual(lines.map(([, line]) => line), pairs.map(([, line]) => line)) // prettier-ignore
    assert.deepEqual(readBack(textInputFormat(), bytesOf(format, []), `a${format.extension}`), [])
  }
  assert.equal(zlib.gunzipSync(bytesOf(textOutputFormat({ codec: 'GzipCodec' }), [])).length, 0)
  assert.throws(() => textOutputFormat({ codec: 'SnappyCodec' }), {
    code: 'UNKNOWN_COMPRESSION_CODEC',
    message: /Compression codec SnappyCodec not found/,
  })
})

test('the first pair tells the classes of a SequenceFile, unless they are named', () => {
  const pairs: Pair[] = [['a', 1], ['b', 2]] // prettier-ignore
  assert.deepEqual(readBack(sequenceFileInputFormat(), bytesOf(sequenceFileOutputFormat(), pairs)), pairs)
  const doubles = sequenceFileOutputFormat({ valueClass: 'DoubleWritable', codec: 'GzipCodec' })
  const bytes = bytesOf(doubles, [['a', 1], ['b', 2.5]]) // prettier-ignore
  assert.deepEqual(readBack(sequenceFileInputFormat(), bytes), [['a', 1], ['b', 2.5]]) // prettier-ignore
  assert.ok(bytes.includes('DoubleWritable') && bytes.includes('GzipCodec'))
  assert.throws(() => bytesOf(sequenceFileOutputFormat(), [['a', 1], ['b', 2.5]]), { code: 'NOT_WRITABLE' }) // prettier-ignore
  assert.deepEqual(readBack(sequenceFileInputFormat(), bytesOf(sequenceFileOutputFormat(), [])), [])
})

test('object files hold the values', () => {
  const bytes = bytesOf(objectFileOutputFormat(), [[null, { a: 1 }], [null, [2]]]) // prettier-ignore
  assert.deepEqual(readBack(objectFileInputFormat(), bytes), [[null, { a: 1 }], [null, [2]]]) // prettier-ignore
})

test('a file whose pairs fail is not there, and one that exists is not touched', () => {
  inDirectory(directory => {
    const file = path.join(directory, 'part-00000')
    const failing = function* (): Generator<Pair> {
      for (let i = 0; i < 10_000; i++) yield [i, 'some text']
      throw new Error('the user’s')
    }
    assert.throws(() => writePairs(textOutputFormat(), file, failing()), /the user’s/)
    assert.deepEqual(fs.readdirSync(directory), [])
    fs.writeFileSync(file, 'before')
    assert.throws(() => writePairs(textOutputFormat(), file, [['a', 1]]), { code: 'FILE_EXISTS' })
    assert.equal(fs.readFileSync(file, 'utf8'), 'before')
  })
})

test('storage that answers later gets the same bytes, or nothing where the pairs fail', async () => {
  const fileSystem = new MemoryFileSystem()
  const pairs = Array.from({ length: 20_000 }, (_, i): Pair => [i, 'some text'])
  await writePairsLater(textOutputFormat(), '/out/part-00000', pairs, storageFiles(fileSystem))
  const reader = await fileSystem.open('/out/part-00000')
  assert.deepEqual(Buffer.from(await reader.read(0, reader.length)), bytesOf(textOutputFormat(), pairs))
  const failing = async function* (): AsyncGenerator<Pair> {
    yield* pairs
    await Promise.reject(new Error('the user’s'))
  }
  await assert.rejects(writePairsLater(textOutputFormat(), '/out/b', failing(), storageFiles(fileSystem)), /the user’s/)
  assert.equal(await fileSystem.stat('/out/b'), undefined)
})

test('a format is found by its name; one that is none is told', () => {
  const name = 'org.apache.hadoop.mapred.TextOutputFormat'
  assert.equal(bytesOf(outputFormatOf({ name, options: { separator: ',' } }), [['a', 1]]).toString(), 'a,1\n')
  assert.throws(() => outputFormatOf({ name: 'ParquetOutputFormat' }), { code: 'UNKNOWN_OUTPUT_FORMAT' })
})
