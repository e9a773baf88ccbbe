import assert from 'node:assert/strict'
import { law, pairs } from './operator-laws.test.ts'

law('is one part of each pair', pairs, async ({ rdd, records }) => {
  assert.deepEqual(await rdd.keys().collect(), records.map(pair => pair[0])) // prettier-ignore
})
