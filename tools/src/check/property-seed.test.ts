import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { hasProperties } from './property-tests.ts'
import { runNode } from './run-program.ts'

/** What a property that does not hold prints. */
async function failure(seed?: string): Promise<string> {
  const program = `import fc from 'fast-check'; fc.assert(fc.property(fc.nat(), n => { if (n > 99) throw new Error('large') }))`
  const args = ['--import', join(import.meta.dirname, 'property-seed.ts'), '--input-type=module', '--eval', program]
  return (await runNode(args, { env: { DSTREAM_PROPERTY_SEED: seed } })).output
}

test('properties draw the same cases in every run of the check, and those of another seed when there is one', async () => {
  const first = await failure()
  assert.match(first, /seed: \d+, path: "[^]*Counterexample: \[100\][^]*large/)
  assert.equal(await failure(), first)
  assert.match(await failure('7'), /seed: 7, path: "/)
})

test('a file has properties when fast-check is imported by it, or by what it imports', () => {
  assert.ok(hasProperties('packages/core/src/codec/keys.test.ts'))
  assert.ok(hasProperties('packages/core/src/rdd/operators/zip.test.ts'))
  assert.ok(!hasProperties('tools/src/random.test.ts'))
})
