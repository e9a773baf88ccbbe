import assert from 'node:assert/strict'
import { test } from 'node:test'
import { houseRuleBreaches } from './house-rules.ts'

test('a test marked only is told, the word in a comment is not', () => {
  const text = "/** Not test.only. */\ntest.only('a', () => {})"
  assert.equal(houseRuleBreaches('packages/core/src/codec/keys.test.ts', text).length, 1)
  assert.deepEqual(houseRuleBreaches('packages/core/src/codec/keys.test.ts', '// test.only'), [])
})

test('an index that exports everything is told with its line', () => {
  assert.deepEqual(houseRuleBreaches('packages/core/src/codec/index.ts', "\nexport * from './keys.ts'"), [
    "packages/core/src/codec/index.ts:2 export * from './keys.ts': an index names what it exports",
  ])
})
