import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { FileShare } from './file-share.ts'
import { addWords, reduceByKey } from './word-counts.ts'

const directory = mkdtempSync(join(tmpdir(), 'floors-'))
after(() => rmSync(directory, { recursive: true }))

function linesOfShares(path: string, shares: number): string[] {
  const lines: string[] = []
  for (let me = 0; me < shares; me++) new FileShare(path, me, shares).eachBlock(block => lines.push(...block))
  return lines
}

test('the shares of a file hold every line once, in order', () => {
  const path = join(directory, 'lines.txt')
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{0,30}$/), { minLength: 4, maxLength: 200 }), lines => {
      writeFileSync(path, lines.map(line => `${line}\n`).join(''))
      assert.deepEqual(linesOfShares(path, 1), lines)
      assert.deepEqual(linesOfShares(path, 2), lines)
    }),
  )
})

test('words are counted over all lines', () => {
  const counts = new Map<string, number>()
  addWords(counts, ['a b a', 'b'])
  assert.deepEqual(
    [...counts],
    [
      ['a', 2],
      ['b', 2],
    ],
  )
  assert.equal(reduceByKey(counts, 0, undefined), counts)
})
