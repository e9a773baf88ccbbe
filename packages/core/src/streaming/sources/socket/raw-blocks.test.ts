import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rawBlock, recordsOfRawBlocks } from './raw-blocks.ts'

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    yield Uint8Array.from(bytes.subarray(at, at + size))
    at += size
  }
}

test('blocks give their records, however the bytes are cut', async () => {
  const blocks = fc.array(fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 5 }), {
    maxLength: 5,
  })
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(blocks, sizes, async (given, cuts) => {
      const bytes = Buffer.concat(given.map(rawBlock))
      assert.deepEqual(await Array.fromAsync(recordsOfRawBlocks(cut(bytes, cuts))), given.flat())
    }),
  )
})

test('a connection that ends inside of a block is an error, whole blocks before it are kept', async () => {
  const bytes = Buffer.concat([rawBlock(['whole']), rawBlock(['half']).subarray(0, 7)])
  const received: unknown[] = []
  await assert.rejects(
    async () => {
      for await (const record of recordsOfRawBlocks(cut(bytes, [3]))) received.push(record)
    },
    { code: 'RAW_BLOCK_CUT' },
  )
  assert.deepEqual(received, ['whole'])
})
