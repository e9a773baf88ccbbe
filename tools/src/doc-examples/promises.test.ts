import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../source-scan.ts'

const page = readFileSync(join(root, 'docs/promises.md'), 'utf8')
const rows = page.split('\n').filter(line => /^\| (?!Promise|---)/.test(line))

test('every promise of docs/promises.md names a test that its file has', () => {
  const wrong = rows.flatMap(row => {
    const [promise = '', tests = ''] = row.split(' | ')
    const links = [...tests.matchAll(/\[(.*?)\]\((.*?)\)/g)]
    if (links.length === 0) return [`${promise}: no test`]
    return links.flatMap(([, name = '', file = '']) => {
      const path = join(root, 'docs', file)
      if (!file.endsWith('.test.ts') || !existsSync(path)) return [`${file} is no file of tests`]
      return readFileSync(path, 'utf8').includes(name) ? [] : [`${file} has no test “${name}”`]
    })
  })
  assert.deepEqual(wrong, [])
  assert.ok(rows.length > 30)
})

test('every test that docs/semantics.md names is in its file', () => {
  const semantics = readFileSync(join(root, 'docs/semantics.md'), 'utf8')
  const links = [...semantics.matchAll(/\[([^\]\n]*)\]\(([^)\n]*\.test\.ts)\)/g)]
  const wrong = links.filter(([, name = '', file = '']) => {
    const text = readFileSync(join(root, 'docs', file), 'utf8')
    return !text.includes(name) && !file.endsWith(`/${name}`)
  })
  assert.deepEqual(wrong.map(([link]) => link), []) // prettier-ignore
  assert.ok(links.length > 10)
})
