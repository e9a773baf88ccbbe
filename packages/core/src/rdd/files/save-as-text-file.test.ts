import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { context } from '../operators/operator-laws.test.ts'

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-save-'))
after(() => fs.rmSync(root, { recursive: true, force: true }))
const text = (...parts: string[]): string => fs.readFileSync(path.join(root, ...parts), 'utf8')

test('a file for each partition, empty ones too, and _SUCCESS', async () => {
  await context.partitions([['a', ['b', 1]], [], [null]]).saveAsTextFile(path.join(root, 'new', 'out'))
  const names = fs.readdirSync(path.join(root, 'new', 'out'))
  assert.deepEqual(names.sort(), ['_SUCCESS', 'part-00000', 'part-00001', 'part-00002'])
  assert.deepEqual([0, 1, 2].map(i => text('new', 'out', `part-0000${i}`)), ['a\n(b,1)\n', '', 'null\n']) // prettier-ignore
})

test('a file URL is a path', async () => {
  await context.partitions([['x']]).saveAsTextFile(String(pathToFileURL(path.join(root, 'by-url'))))
  assert.equal(text('by-url', 'part-00000'), 'x\n')
})

test('records of more than one piece are all written', async () => {
  const long = 'é'.repeat(50_000)
  await context.partitions([[long, long, 'end']]).saveAsTextFile(path.join(root, 'long'))
  assert.equal(text('long', 'part-00000'), `${long}\n${long}\nend\n`)
})

test('an existing directory is refused and left as it is', async () => {
  fs.mkdirSync(path.join(root, 'there'))
  const saved = context.partitions([['x']]).saveAsTextFile(path.join(root, 'there'))
  await assert.rejects(saved, { code: 'OUTPUT_EXISTS', message: /^Output directory file:\/\/.*there already exists/ })
  assert.deepEqual(fs.readdirSync(path.join(root, 'there')), [])
})

test('a failed job leaves nothing', async () => {
  const failing = context.partitions([['a'], ['b']]).map(record => {
    if (record === 'b') throw new Error('no b')
    return record
  })
  await assert.rejects(failing.saveAsTextFile(path.join(root, 'failed')), /no b/)
  assert.equal(fs.existsSync(path.join(root, 'failed')), false)
})

test('a place that cannot be written fails the job with the reason of the system', async () => {
  fs.writeFileSync(path.join(root, 'a-file'), '')
  await assert.rejects(context.partitions([['a']]).saveAsTextFile(path.join(root, 'a-file', 'out')), /ENOTDIR|EEXIST/)
})

test(
  'a full disk fails the job, and no half file stays',
  { skip: !fs.existsSync('/dev/full') && 'no /dev/full here' },
  async () => {
    const target = path.join(root, 'full')
    const full = context.partitions([['a'], ['b']]).mapPartitionsWithIndex((i, records) => {
      if (i === 1) fs.writeFileSync('/dev/full', 'x')
      return records
    })
    await assert.rejects(full.saveAsTextFile(target), /ENOSPC/)
    assert.equal(fs.existsSync(target), false)
  },
)
