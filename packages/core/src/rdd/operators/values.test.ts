import assert from 'node:assert/strict'
import { law, pairs } from './operator-laws.test.ts'

law('is one part of each pair', pairs, async ({ rdd, records }) => {
  assert.deepEqual(await rdd.values().collect(), records.map(pair => pair[1])) // prettier-ignore
})
