import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oncePer } from './once-per.ts'

test('a cause is told when it first happens and whenever its count has grown tenfold', () => {
  const told: [string, number][] = []
  const failures = oncePer((cause, count) => told.push([cause, count]))
  for (let i = 0; i < 250; i++) failures.add('refused')
  failures.add('reset', 5)
  failures.add('reset', 500)
  assert.deepEqual(told, [['refused', 1], ['refused', 10], ['refused', 100], ['reset', 5], ['reset', 505]]) // prettier-ignore
  assert.deepEqual([...failures.counts], [['refused', 250], ['reset', 505]]) // prettier-ignore
})

test('causes without end are counted together after the first thousand', () => {
  const failures = oncePer(() => {})
  for (let i = 0; i < 5000; i++) failures.add(`cause ${i}`)
  assert.equal(failures.counts.size, 1001)
  assert.equal(failures.counts.get('other causes'), 4000)
})
