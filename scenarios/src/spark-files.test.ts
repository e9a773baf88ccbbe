import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  fixedLengthBinaryInputFormat,
  objectFileInputFormat,
  readSplit,
  sequenceFileInputFormat,
  SequenceFileWriter,
  sequenceFileHeader,
  bytesSource,
  textInputFormat,
  textOutputFormat,
  writePairs,
  type FileInfo,
  type SequenceCompression,
} from '@dstream/core/formats'
import { missingForSpark, sparkPython } from './spark-install.ts'
import { samples, told, type WritableName } from './told-value.ts'

const missing = missingForSpark()
const skip = missing !== undefined && process.env['CI'] !== 'true' ? missing : false

const work = join(tmpdir(), `dstream-spark-files-${process.pid}`)
const input = join(work, 'in')
const output = join(work, 'out')

interface Task {
  readonly name: string
  readonly kind: string
  readonly path: string
  readonly splits?: number
  readonly length?: number
}

const modes: readonly (readonly [SequenceCompression, string])[] = [
  ['none', 'deflate'],
  ['record', 'deflate'],
  ['record', 'gzip'],
  ['block', 'deflate'],
  ['block', 'gzip'],
]
const names = Object.keys(samples) as WritableName[]

const tasks: Task[] = []
const expected = new Map<string, string[][]>()
let answers: Record<string, unknown> = {}
let written: Record<string, string[][]> = {}

/** Numbers of the records of one file; those of the next begin behind them. */
const recordsOfFile = 40

/** A directory of pairs, a file for each way of compression, one side of the class `name`, the other of numbers; told as Spark should tell it. */
function writeSequences(name: WritableName, place: 'key' | 'value'): void {
  const directory = `${name}-${place}`
  mkdirSync(join(input, directory))
  const [keyClass, valueClass] = place === 'key' ? [name, 'IntWritable' as const] : ['IntWritable' as const, name]
  const pairs: string[][] = []
  for (const [fileNumber, [compression, codec]] of modes.entries()) {
    const writer = new SequenceFileWriter({ keyClass, valueClass, compression, codec, blockBytes: 1500 })
    for (let i = 0; i < recordsOfFile; i++) {
      const value = samples[name][i % samples[name].length]
      const number = fileNumber * recordsOfFile + i
      const [k, v] = place === 'key' ? [value, number] : [number, value]
      writer.append(k, v)
      pairs.push([told(k, keyClass), told(v, valueClass)])
    }
    writeFileSync(join(input, directory, `${compression}-${codec}`), writer.finish())
  }
  tasks.push({ name: directory, kind: 'sequence', path: directory, splits: 3 })
  expected.set(directory, pairs)
}

/** Spark's order of files is that of the disk: so pairs are put into the order of their numbers. */
const inOrder = (pairs: readonly string[][], place: 'key' | 'value'): string[][] => {
  const numberOf = (pair: readonly string[]): number => Number(pair[place === 'key' ? 1 : 0]!.slice('i:'.length))
  return pairs.toSorted((a, b) => numberOf(a) - numberOf(b))
}

const partLines = ['one', '', 'three\r', 'é'.repeat(50), '', 'x'.repeat(100), 'end']

function writeInputs(): void {
  mkdirSync(input, { recursive: true })
  for (const name of names) for (const place of ['key', 'value'] as const) writeSequences(name, place)
  for (const compression of ['none', 'block'] as const) {
    const writer = new SequenceFileWriter({
      keyClass: 'Text',
      valueClass: 'IntWritable',
      compression,
      blockBytes: 3000,
    })
    for (let i = 0; i < 20_000; i++) writer.append(hash('sha256', String(i)), i)
    writeFileSync(join(input, `parts-${compression}.seq`), writer.finish())
    tasks.push({ name: `parts-${compression}`, kind: 'sequence-parts', path: `parts-${compression}.seq`, splits: 6 })
  }
  writeFileSync(join(input, 'cut.seq'), readFileSync(join(input, 'parts-block.seq')).subarray(0, -100))
  tasks.push({ name: 'cut', kind: 'sequence', path: 'cut.seq', splits: 1 })
  const text = Array.from({ length: 40 }, (_, i) => partLines[i % partLines.length]!).join('\n')
  writeFileSync(join(input, 'lines.txt'), `\uFEFF${text}`)
  for (const splits of [1, 2, 5, 17, 40])
    tasks.push({ name: `text-parts-${splits}`, kind: 'text-parts', path: 'lines.txt', splits })
  tasks.push({ name: 'text-keys', kind: 'text-keys', path: 'lines.txt' })
  const lines = Array.from({ length: 200_000 }, (_, i): [null, string] => [null, `line ${i}`])
  for (const codec of ['gzip', 'deflate']) {
    const format = textOutputFormat({ codec })
    writePairs(format, join(input, `text${format.extension}`), lines.slice(0, codec === 'gzip' ? undefined : 1000))
    tasks.push({ name: `text-${codec}`, kind: 'text', path: `text${format.extension}`, splits: 3 })
  }
  writeFileSync(
    join(input, 'records.bin'),
    Uint8Array.from({ length: 70 }, (_, i) => i),
  )
  tasks.push({ name: 'records', kind: 'records', path: 'records.bin', length: 7 })
  tasks.push({ name: 'partial-record', kind: 'partial-record', path: 'records.bin', length: 9 })
  writeFileSync(join(input, 'tasks.json'), JSON.stringify(tasks))
}

/** One start of Spark for all tests. */
function runSpark(): void {
  mkdirSync(output)
  const python = sparkPython()
  const script = fileURLToPath(new URL('../spark/spark_files.py', import.meta.url))
  const env = { ...process.env, PYSPARK_PYTHON: python, PYSPARK_DRIVER_PYTHON: python, SPARK_LOCAL_IP: '127.0.0.1' }
  const run = spawnSync(python, [script, input, output], { env, encoding: 'utf8', timeout: 240_000 })
  assert.equal(run.status, 0, `Spark failed (${run.error?.message ?? run.status}):\n${run.stderr}`)
  answers = JSON.parse(readFileSync(join(output, 'answers.json'), 'utf8')) as typeof answers
  written = JSON.parse(readFileSync(join(output, 'written.json'), 'utf8')) as typeof written
}

const infoOf = (path: string): FileInfo => ({ path, size: readFileSync(path).length })

/** The pairs of a SequenceFile, read in that many splits, told. */
function toldPairs(path: string, minBytes: number): string[][] {
  const { keyClass, valueClass } = sequenceFileHeader(bytesSource(readFileSync(path)))
  const [k, v] = [keyClass, valueClass].map(name => name.slice(name.lastIndexOf('.') + 1) as WritableName)
  const info = infoOf(path)
  const starts = Array.from({ length: Math.ceil(info.size / minBytes) }, (_, i) => i * minBytes)
  return starts
    .map(start => ({ ...info, start, length: Math.min(minBytes, info.size - start) }))
    .flatMap(split => [...readSplit(sequenceFileInputFormat(), split)].flat())
    .map(([key, value]) => [told(key, k!), told(value, v!)])
}

const partsOf = (directory: string): string[] =>
  readdirSync(directory)
    .filter(name => name.startsWith('part-'))
    .sort()
    .map(name => join(directory, name))

// Spark may have to be fetched first; each step of that, and Spark itself, has less time, so that it can say what was slow.
describe('files of real Spark', { skip, timeout: 590_000 }, () => {
  before(
    () => {
      writeInputs()
      runSpark()
    },
    { timeout: 590_000 },
  )
  after(() => {
    if (process.env['UPDATE_FIXTURES'] === '1') keepFixtures()
    rmSync(work, { recursive: true, force: true })
  })

  for (const name of names) {
    test(`Spark reads our SequenceFiles with ${name} as key and as value, in every compression`, () => {
      for (const place of ['key', 'value'] as const) {
        const directory = `${name}-${place}`
        assert.deepEqual(inOrder(answers[directory] as string[][], place), expected.get(directory))
      }
    })
  }

  test('Spark cuts our SequenceFiles at the same records as we do', () => {
    for (const compression of ['none', 'block']) {
      const format = sequenceFileInputFormat()
      const splits = format.splits([infoOf(join(input, `parts-${compression}.seq`))], { minSplits: 6 })
      const ours = splits.map(split =>
        [...readSplit(format, split)].flat().map(([k, v]) => [told(k, 'Text'), told(v, 'IntWritable')]),
      )
      assert.ok(ours.length >= 6)
      const theirs = answers[`parts-${compression}`] as string[][][]
      assert.deepEqual(theirs.map(part => part.length), ours.map(part => part.length)) // prettier-ignore
      assert.deepEqual(theirs, ours)
    }
  })

  test('a file of blocks that is cut off is an error here, where Spark loses records without a word', () => {
    const theirs = answers['cut'] as unknown[]
    assert.ok(theirs.length > 0 && theirs.length < 20_000)
    assert.throws(() => toldPairs(join(input, 'cut.seq'), 1_000_000_000), { code: 'CORRUPT_SEQUENCE_FILE' })
  })

  test('we read the SequenceFiles of Hadoop’s own writer, every class and compression, at every cut', () => {
    const files = Object.entries(written).filter(([name]) => name.endsWith('.seq'))
    assert.equal(files.length, 48)
    for (const [name, pairs] of files) {
      for (const minBytes of [50, 333, 1_000_000])
        assert.deepEqual(toldPairs(join(output, 'written', name), minBytes), pairs, name)
    }
  })

  test('we read what Spark’s saveAsSequenceFile writes', () => {
    for (const name of ['spark-plain', 'spark-deflate']) {
      const read = partsOf(join(output, 'written', name)).flatMap(path => toldPairs(path, 1_000_000))
      assert.deepEqual(read, written[name])
    }
  })

  test('an object file of Spark is refused with the reason', () => {
    const [path] = partsOf(join(output, 'written', 'spark-objects'))
    const format = objectFileInputFormat()
    assert.throws(() => [...readSplit(format, format.splits([infoOf(path!)], {})[0]!)], /Java serialization/)
  })

  test('text is cut into the same lines and partitions as by Spark', () => {
    const format = textInputFormat()
    for (const minSplits of [1, 2, 5, 17, 40]) {
      const splits = format.splits([infoOf(join(input, 'lines.txt'))], { minSplits })
      const ours = splits.map(split => [...readSplit(format, split)].flat().map(([, line]) => line))
      assert.deepEqual(answers[`text-parts-${minSplits}`], ours)
    }
  })

  test('the keys of lines are Hadoop’s', () => {
    const format = textInputFormat()
    const [split] = format.splits([infoOf(join(input, 'lines.txt'))], {})
    const ours = [...readSplit(format, split!)].flat().map(([at, line]) => [`i:${at}`, `s:${line}`])
    assert.deepEqual(answers['text-keys'], ours)
  })

  test('Spark reads our compressed text, of several members too, and we read Spark’s', () => {
    assert.deepEqual(
      answers['text-deflate'],
      Array.from({ length: 1000 }, (_, i) => `line ${i}`),
    )
    assert.deepEqual(
      answers['text-gzip'],
      Array.from({ length: 200_000 }, (_, i) => `line ${i}`),
    )
    const format = textInputFormat()
    for (const codec of ['gzip', 'deflate']) {
      const [path] = partsOf(join(output, 'written', `spark-text-${codec}`))
      const [split] = format.splits([infoOf(path!)], {})
      const lines = [...readSplit(format, split!)].flat().map(([, line]) => line)
      assert.deepEqual(
        lines,
        Array.from({ length: 1000 }, (_, i) => `line ${i} é`),
      )
    }
  })

  test('records of one length are Spark’s, and the error of a partial one is Hadoop’s', () => {
    const info = infoOf(join(input, 'records.bin'))
    const read = (recordLength: number): string[] => {
      const format = fixedLengthBinaryInputFormat({ recordLength })
      return format
        .splits([info], {})
        .flatMap(split => [...readSplit(format, split)].flat().map(([, r]) => Buffer.from(r).toString('hex')))
    }
    assert.deepEqual(answers['records'], read(7))
    const hadoop = /Partial record\(length = \d+\) found at the end of split\./.exec(
      String(answers['partial-record']),
    )?.[0]
    assert.throws(() => read(9), { message: new RegExp(hadoop!.replaceAll(/[().]/g, '\\$&')) })
  })
})

/** With UPDATE_FIXTURES=1: keeps some of what Spark wrote for the unit tests, which read it without Spark. */
function keepFixtures(): void {
  const fixture = new URL('../../packages/core/src/formats/fixtures/spark-3.5.3.json', import.meta.url)
  const files = Object.entries(written).filter(([name]) => name.endsWith('-value.seq'))
  const [objects] = partsOf(join(output, 'written', 'spark-objects'))
  const content = {
    sequenceFiles: files.map(([name, pairs]) => ({
      name: name.slice('hadoop/'.length),
      pairs,
      bytes: base64(join(output, 'written', name)),
    })),
    objectFile: base64(objects!),
  }
  mkdirSync(new URL('.', fixture), { recursive: true })
  writeFileSync(fixture, `${JSON.stringify(content, undefined, 1)}\n`)
}

const base64 = (path: string): string => readFileSync(path).toString('base64')
