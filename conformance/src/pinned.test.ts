import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadCases } from './cases.ts'
import { compare, vectors } from './compare.ts'
import { readPins } from './pins.ts'
import { runAll } from './run-all.ts'

test('every theme passes exactly as many vectors as are pinned', { timeout: 300_000 }, async () => {
  const { actual, tasks } = await runAll(loadCases(vectors), { master: 'local[2]' })
  const { passed, text } = compare(actual)
  assert.deepEqual(passed, readPins(), `Where more pass than before, run \`npm run conformance:pin\`.\n${text}`)
  assert.equal(tasks.size, 2, 'both workers ran tasks')
})
