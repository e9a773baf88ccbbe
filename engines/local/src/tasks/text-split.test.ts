import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { readTextSplit } from './text-split.ts'

const directory = mkdtempSync(join(tmpdir(), 'text-split-'))
after(() => rmSync(directory, { recursive: true }))
const path = join(directory, 'text')

const linesOf = (text: string): string[] => {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
const read = (start: number, length: number, last?: true): string[] =>
  [...readTextSplit({ path, start, length, ...(last && { last }) })].flat()

const text = fc
  .array(fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', 'é', '\n\n'), { maxLength: 30 })
  .map(parts => parts.join(''))

test('every line is in exactly one split, whatever the line ends and wherever the splits are cut', () =>
  fc.assert(
    fc.property(text, fc.array(fc.nat(60), { maxLength: 4 }), (content, cuts) => {
      writeFileSync(path, content)
      const size = Buffer.byteLength(content)
      const at = [...new Set([0, ...cuts.filter(cut => cut < size), size])].sort((a, b) => a - b)
      const lines = at.slice(0, -1).flatMap((start, i) => read(start, at[i + 1]! - start))
      assert.deepEqual(lines, linesOf(content))
    }),
    { numRuns: 500 },
  ))

test('a byte order mark at the beginning of a file is left out, wherever the splits are cut', () => {
  for (const content of ['one\ntwo\n', '\none', 'one']) {
    writeFileSync(path, `\ufeff${content}`)
    const size = Buffer.byteLength(content) + 3
    for (let cut = 1; cut < size; cut++)
      assert.deepEqual([...read(0, cut), ...read(cut, size - cut)], linesOf(content), `cut at ${cut}`)
  }
  writeFileSync(path, 'a\n\ufeffb\n')
  assert.deepEqual(read(0, 7), ['a', '\ufeffb'])
})

test('a line longer than what is read at a time is whole', () => {
  const long = 'x'.repeat(3 << 20)
  writeFileSync(path, `a\n${long}\nb\n`)
  assert.deepEqual(
    read(0, 4 << 20).map(line => line.length),
    [1, long.length, 1],
  )
})

test('what a file has grown by since it was listed is not read, but for the end of the last line', () => {
  writeFileSync(path, 'one\ntwo\nthree\n')
  assert.deepEqual(read(0, 5, true), ['one', 'two'])
  assert.deepEqual(read(0, 4, true), ['one'])
  assert.deepEqual(read(0, 3, true), ['one'])
})

test('a line that begins exactly where a split ends belongs to that split, as in Hadoop', () => {
  writeFileSync(path, 'one\ntwo\nthree\n')
  assert.deepEqual([read(0, 4), read(4, 10)], [['one', 'two'], ['three']]) // prettier-ignore
})
