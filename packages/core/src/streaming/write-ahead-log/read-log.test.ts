import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32c } from '../../storage/crc32c.ts'
import { MemoryFileSystem } from '../../storage/memory-file-system.ts'
import { ManualClock } from '../../time/manual-clock.ts'
import { bytesOf, contentOf, fenceOf, open, texts } from './log-for-tests.ts'
import { fileHeadBytes, recordHeadBytes, logVersion } from './record-format.ts'

const path = '/log/log-1000-61000'

/** The bytes of a log file with these records. */
async function logOf(...records: string[]): Promise<Uint8Array> {
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem)
  for (const record of records) await log.append(bytesOf(record))
  await log.close()
  return contentOf(fileSystem, path)
}

async function readBytes(content: Uint8Array, onMissing?: 'stop' | 'skip') {
  const fileSystem = new MemoryFileSystem()
  await fileSystem.create(path, content)
  return texts(fileSystem, onMissing === undefined ? {} : { onMissing })
}

test('a log cut off at any byte gives its whole records, and says how many bytes are torn and where', async () => {
  const records = ['first', '', 'the third, somewhat longer']
  const content = await logOf(...records)
  const ends = [fileHeadBytes]
  for (const record of records) ends.push(ends.at(-1)! + recordHeadBytes + record.length)
  for (let length = 0; length <= content.length; length++) {
    const { texts: found, report } = await readBytes(content.subarray(0, length))
    const whole = ends.filter(end => end <= length).length - 1
    assert.deepEqual(found, records.slice(0, Math.max(0, whole)), `cut at ${length}`)
    const from = whole < 0 ? 0 : ends[whole]!
    const torn = report.damages.map(({ offset, bytes }) => [offset, bytes])
    assert.deepEqual(torn, length === from && whole >= 0 ? [] : [[from, length - from]], `cut at ${length}`)
    assert.deepEqual(report.missing, [])
    assert.equal(report.end.nextSequence, Math.max(0, whole) + 1)
  }
})

test('any flipped bit is noticed, and costs no record but the one that it is in', async () => {
  const records = ['first', 'second', 'third']
  const content = await logOf(...records)
  for (let bit = 0; bit < content.length * 8; bit++) {
    const changed = new Uint8Array(content)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    const skipping = await readBytes(changed, 'skip')
    assert.equal(skipping.report.damages.length, 1, `bit ${bit}`)
    const inHead = bit < fileHeadBytes * 8
    assert.equal(skipping.texts.length, inHead ? 3 : 2)
    assert.deepEqual(skipping.texts, records.filter(record => skipping.texts.includes(record))) // prettier-ignore
    const { texts: found, report } = await readBytes(changed)
    assert.deepEqual(found, records.slice(0, found.length), 'a prefix')
    assert.equal(found.length + report.leftOut, skipping.texts.length)
    assert.equal(report.missing.length, found.length < 2 ? 1 : 0, 'a missing record with others behind it is known')
  }
})

test('records behind a broken one are found again, also one that is at the edge of what is read at a time', async () => {
  const big = 'x'.repeat((1 << 20) - fileHeadBytes - 2 * recordHeadBytes - 3)
  const content = await logOf(big, 'b', 'c')
  for (const offset of [fileHeadBytes + recordHeadBytes + 5, fileHeadBytes + 3]) {
    const changed = new Uint8Array(content)
    changed[offset]! ^= 1
    const { texts: found, report } = await readBytes(changed, 'skip')
    assert.deepEqual(found, ['b', 'c'])
    assert.deepEqual(report.missing, [{ from: 1, to: 1 }])
  }
})

test('bytes that look like records inside of a record are never taken for records', async () => {
  const inner = await logOf('a', 'b', 'c')
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem)
  await log.append(inner)
  await log.append(bytesOf('last'))
  await log.close()
  const content = new Uint8Array(await contentOf(fileSystem, path))
  content[fileHeadBytes + 1]! ^= 1
  assert.deepEqual((await readBytes(content, 'skip')).texts, ['last'])
})

test('a length that a file cannot hold is not allocated: a head with a huge length and a right checksum ends the file', async () => {
  const content = Buffer.from(await logOf('a', 'b'))
  const at = fileHeadBytes
  content.writeUInt32LE(0xffff_fff0, at + 4)
  const place = Buffer.alloc(8)
  place.writeDoubleLE(at)
  content.writeUInt32LE(crc32c(content.subarray(at, at + 36), crc32c(place)), at + 36)
  const { texts: found, report } = await readBytes(content)
  assert.deepEqual(found, [])
  assert.match(report.damages[0]!.reason, /ends within a record of 4294967280 bytes/)
})

test('whatever bytes a file has, reading it ends, and what is read was written', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.uint8Array({ maxLength: 20 }) })),
      fc.boolean(),
      async (patches, insert) => {
        const records = ['first', 'second', 'third', 'fourth']
        let content = Buffer.from(await logOf(...records))
        for (const { at, bytes } of patches) {
          const place = Math.floor(at * content.length)
          const rest = content.subarray(place + (insert ? 0 : bytes.length))
          content = Buffer.concat([content.subarray(0, place), bytes, rest])
        }
        const { texts: found } = await readBytes(content)
        assert.deepEqual(found, records.slice(0, found.length))
      },
    ),
  ))

test('a file of a later version is not read, and not taken for a broken one', async () => {
  const content = Buffer.from(await logOf('a'))
  content.writeUInt16LE(logVersion + 1, 8)
  content.writeUInt32LE(crc32c(content.subarray(0, 52)), 52)
  await assert.rejects(readBytes(content), { code: 'FORMAT_TOO_NEW' })
})

test('a log of version 1, whose payloads have another checksum, is read', async () => {
  const content = Buffer.from(await logOf('old'))
  content.writeUInt16LE(1, 8)
  content.writeUInt32LE(crc32c(content.subarray(0, 52)), 52)
  const head = content.subarray(fileHeadBytes, fileHeadBytes + recordHeadBytes)
  head.writeUInt32LE(0, 28)
  head.writeUInt32LE(crc32c(bytesOf('old')), 32)
  const place = Buffer.alloc(8)
  place.writeDoubleLE(fileHeadBytes)
  head.writeUInt32LE(crc32c(head.subarray(0, 36), crc32c(place)), 36)
  assert.deepEqual((await readBytes(content)).texts, ['old'])
})

test('a file that is none is reported and left out; files that are no logs are not looked at', async () => {
  const fileSystem = new MemoryFileSystem()
  await fileSystem.create('/log/log-1-2', bytesOf('no log at all'))
  await fileSystem.create('/log/notes', bytesOf('x'))
  const { texts: found, report } = await texts(fileSystem)
  assert.deepEqual([found, report.damages.map(({ file, bytes }) => [file, bytes])], [[], [['log-1-2', 13]]])
})

test('a directory that is not there is an empty log', async () => {
  const { texts: found, report } = await texts(new MemoryFileSystem())
  assert.deepEqual(found, [])
  assert.deepEqual(report, {
    records: 0,
    damages: [],
    missing: [],
    leftOut: 0,
    end: { nextSequence: 1, epoch: 0, startMs: 0 },
  })
})

test('a file that was deleted in the middle is missed by its numbers; those deleted at the beginning are not', async () => {
  const fileSystem = new MemoryFileSystem()
  const clock = new ManualClock(1000)
  const log = await open(fileSystem, { clock, rollingIntervalMs: 100 })
  for (const text of ['a', 'b', 'c']) {
    await log.append(bytesOf(text))
    clock.advance(100)
  }
  await log.close()
  await fileSystem.delete('/log/log-1100-1200')
  const stopping = await texts(fileSystem)
  assert.deepEqual([stopping.texts, stopping.report.missing, stopping.report.leftOut], [['a'], [{ from: 2, to: 2 }], 1])
  assert.deepEqual((await texts(fileSystem, { onMissing: 'skip' })).texts, ['a', 'c'])
  await fileSystem.delete('/log/log-1000-1100')
  const rest = await texts(fileSystem)
  assert.deepEqual([rest.texts, rest.report.missing], [['c'], []])
})

test('who goes on where reading stopped has a whole log again: what lay behind the hole does not come back', async () => {
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem)
  for (const text of ['a', 'b', 'c']) await log.append(bytesOf(text))
  await log.close()
  const content = new Uint8Array(await contentOf(fileSystem, path))
  content[fileHeadBytes + 2 * recordHeadBytes + 1]! ^= 1
  await fileSystem.create(path, content)
  const { report } = await texts(fileSystem)
  assert.deepEqual([report.records, report.leftOut], [1, 1])
  const next = await open(fileSystem, { fence: fenceOf(2), end: report.end })
  await next.append(bytesOf('d'))
  await next.close()
  const after = await texts(fileSystem)
  assert.deepEqual([after.texts, after.report.missing, after.report.damages], [['a', 'd'], [], []])
})
