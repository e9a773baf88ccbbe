import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { lineMaker } from './lines.ts'

test('the first lines are the same bytes every time, and those that Spark reads', () => {
  const text = lineMaker()(10_000)
  assert.equal(text, lineMaker()(10_000))
  assert.equal(
    createHash('sha256').update(text).digest('hex'),
    '74fd5b14b29b7c312df1d40106974fae96ce8f8b19dc8e6e0054b80a459075a9',
  )
})

test('the maker goes on where it stopped', () => {
  const make = lineMaker()
  assert.equal(make(2) + make(3), lineMaker()(5))
})
