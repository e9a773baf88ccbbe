import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listFiles, read } from '../check/sources.ts'

test('no type of the public API is any', () => {
  const pages = listFiles('*/api.md', '*/*/api.md')
  assert.ok(pages.length > 0)
  const lines = pages.flatMap(file => read(file).split('\n').map((line, i) => ({ line, place: `${file}:${i + 1}` }))) // prettier-ignore
  assert.ok(lines.length > 500)
  assert.deepEqual(lines.filter(({ line }) => isAny(line)), []) // prettier-ignore
})

test('any is found as a type, not in words and names', () => {
  assert.ok(['x: any;', '(...args: any[]) => void', 'RDD<any>', 'as any'].every(isAny))
  assert.ok(!['x: Company;', "hint: 'in any order'", 'any(): void;'].some(isAny))
})

function isAny(line: string): boolean {
  return /(?:[:<,|&=(]|\bas|=>)\s*any\b(?!\s*\()/.test(line.replaceAll(/(['"`]).*?\1/g, ''))
}
