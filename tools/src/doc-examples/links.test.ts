import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deadLinks } from './links.ts'

test('a link to a file that is gone is told; web addresses and places in the page are not looked at', () => {
  const text = '[a](b.md) [c](../d.md#e) [f](https://example.com/g) [h](#i)'
  assert.deepEqual(
    deadLinks('docs/page.md', text, file => file === 'docs/b.md'),
    ['docs/page.md links to ../d.md, which is not there'],
  )
})
