import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DStreamError } from '../../errors/dstream-error.ts'
import { bytesSource } from '../byte-source.ts'
import { CorruptSequenceFileError } from '../errors.ts'
import { readSequenceFile, sequenceFilePairs } from './read-sequence-file.ts'
import { SequenceFileWriter } from './writer.ts'

const pairs = Array.from({ length: 12 }, (_, i): [string, Uint8Array] => [`key ${i}`, new Uint8Array(i).fill(i)])
const variants = [
  { compression: 'none', codec: 'DefaultCodec' },
  { compression: 'record', codec: 'DefaultCodec' },
  { compression: 'record', codec: 'GzipCodec' },
  { compression: 'block', codec: 'DefaultCodec' },
  { compression: 'block', codec: 'zstd' },
] as const

function small(variant: (typeof variants)[number]): Uint8Array {
  const options = { keyClass: 'Text', valueClass: 'BytesWritable', syncIntervalBytes: 80, blockBytes: 60 }
  const writer = new SequenceFileWriter({ ...options, ...variant })
  for (const [key, value] of pairs) writer.append(key, value)
  return writer.finish()
}

/** Reads what may be broken: what came out, and the error it ended with. Anything but an error of ours is a failure of the test. */
function tryToRead(bytes: Uint8Array): { readonly read: unknown[]; readonly error: DStreamError | undefined } {
  const read: unknown[] = []
  try {
    for (const chunk of readSequenceFile(bytesSource(bytes))) read.push(...chunk)
  } catch (error) {
    if (!(error instanceof DStreamError)) throw error
    if (error instanceof CorruptSequenceFileError) {
      assert.ok(error.position >= 0 && error.position <= bytes.length, error.message)
      assert.match(error.message, /is corrupt at byte \d+: /)
    } else assert.equal(error.code, 'UNSUPPORTED_SEQUENCE_FILE')
    return { read, error }
  }
  return { read, error: undefined }
}

for (const variant of variants) {
  const name = `${variant.compression} compression, ${variant.codec}`

  test(`a file that is cut off at any byte gives an error, or ends between records: ${name}`, () => {
    const bytes = small(variant)
    let whole = 0
    for (let length = 0; length < bytes.length; length++) {
      const { read, error } = tryToRead(bytes.subarray(0, length))
      assert.deepEqual(read, pairs.slice(0, read.length))
      if (error === undefined) whole++
      else assert.equal(error.code, 'CORRUPT_SEQUENCE_FILE')
    }
    // Behind the header, each record or block, and each sync marker, a file can end without a trace.
    assert.ok(whole <= 2 * pairs.length, `${whole} of ${bytes.length} lengths were taken for whole files`)
  })

  test(`any changed byte gives an error or other records, quickly: ${name}`, () => {
    const bytes = small(variant)
    let seen = 0
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [0x01, 0x80, 0xff]) {
        const broken = bytes.slice()
        broken[at]! ^= change
        const { read, error } = tryToRead(broken)
        assert.ok(read.length <= bytes.length)
        if (error !== undefined) seen++
      }
    }
    assert.ok(seen > bytes.length, `${seen} of ${3 * bytes.length} changes were seen`)
  })
}

test('a length of 2 GB takes no memory', () => {
  const bytes = Buffer.from(small(variants[0]))
  const record = bytes.indexOf('key 0') - 9
  bytes.writeInt32BE(0x7fff_fff0, record)
  const before = process.memoryUsage().arrayBuffers
  assert.throws(() => sequenceFilePairs(bytes), {
    code: 'CORRUPT_SEQUENCE_FILE',
    position: record + 4,
    message: /a record needs 2147483636 bytes, \d+ are left of the file/,
  })
  assert.ok(process.memoryUsage().arrayBuffers - before < 10_000_000)
})

test('what decompresses to more than maxBytes is an error', () => {
  const writer = new SequenceFileWriter({ keyClass: 'NullWritable', valueClass: 'BytesWritable', compression: 'block' })
  writer.append(null, new Uint8Array(100_000))
  const bytes = writer.finish()
  assert.equal(sequenceFilePairs(bytes, { maxBytes: 100_004 }).length, 1)
  assert.throws(() => sequenceFilePairs(bytes, { maxBytes: 100_003 }), { code: 'CORRUPT_SEQUENCE_FILE' })
})

test('what is no SequenceFile, and one of another version, are told', () => {
  assert.throws(() => sequenceFilePairs(Buffer.from('hello world')), {
    code: 'CORRUPT_SEQUENCE_FILE',
    position: 0,
    message: /not a SequenceFile/,
  })
  const older = Buffer.from(small(variants[0]))
  older[3] = 4
  assert.throws(() => sequenceFilePairs(older), { code: 'UNSUPPORTED_SEQUENCE_FILE', message: /version 4/ })
})

test('another codec is told by its name', () => {
  const bytes = Buffer.from(small(variants[1]))
  bytes.write('Wonder', bytes.indexOf('DefaultCodec'))
  assert.throws(() => sequenceFilePairs(bytes), {
    code: 'UNSUPPORTED_SEQUENCE_FILE',
    message: /compress\.WondertCodec/,
  })
})
