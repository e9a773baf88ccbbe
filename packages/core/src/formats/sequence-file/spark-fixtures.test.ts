import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bytesSource } from '../byte-source.ts'
import { objectFileInputFormat } from '../input/sequence-file-input.ts'
import { readSplit } from '../input/input-format.ts'
import { readSequenceFile, sequenceFileHeader } from './read-sequence-file.ts'

interface Fixtures {
  readonly sequenceFiles: readonly {
    readonly name: string
    readonly pairs: [string, string][]
    readonly bytes: string
  }[]
  readonly objectFile: string
}

/** What real Spark 3.5.3 wrote (Hadoop's SequenceFile.Writer, in its process), and what it put in; made by scenarios/src/spark-files.test.ts. */
const fixtures = JSON.parse(readFileSync(new URL('../fixtures/spark-3.5.3.json', import.meta.url), 'utf8')) as Fixtures

/** A value as the fixtures tell it. */
function told(value: unknown, className: string): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return `s:${value}`
  if (typeof value === 'boolean') return `b:${value}`
  if (value instanceof Uint8Array) return `x:${Buffer.from(value).toString('hex')}`
  if (!/Float|Double/.test(className)) return `i:${String(value)}`
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value as number)
  return `d:${Number.isNaN(value) ? '7ff8000000000000' : bytes.toString('hex')}`
}

test('there are files of every class and compression', () => assert.equal(fixtures.sequenceFiles.length, 24))

for (const { name, pairs, bytes } of fixtures.sequenceFiles) {
  test(`what Spark wrote is read, in one piece and in pieces of every size: ${name}`, () => {
    const source = bytesSource(Buffer.from(bytes, 'base64'))
    const { keyClass, valueClass } = sequenceFileHeader(source)
    for (let length = 1; length <= source.size; length += Math.max(1, length >> 2)) {
      const read: [string, string][] = []
      for (let start = 0; start < source.size; start += length) {
        for (const [k, v] of [...readSequenceFile(source, { start, length })].flat())
          read.push([told(k, keyClass), told(v, valueClass)])
      }
      assert.deepEqual(read, pairs, `pieces of ${length} bytes`)
    }
  })
}

test('an object file of Spark is refused, with the reason and what to do', () => {
  const source = bytesSource(Buffer.from(fixtures.objectFile, 'base64'))
  const split = { path: 'part-00000', size: source.size, start: 0, length: source.size }
  const files = { open: () => source, create: () => assert.fail() }
  assert.throws(() => [...readSplit(objectFileInputFormat(), split, files)], {
    code: 'NOT_AN_OBJECT_FILE',
    message: /Java serialization[^]*saveAsSequenceFile/,
  })
})
