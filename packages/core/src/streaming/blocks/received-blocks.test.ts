import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allocation, apply, blocksOf, noBlocks } from './received-blocks.ts'
import type { BlockEvent, ReceivedBlocks } from './received-blocks.ts'

const added = (streamId: number, id: string): BlockEvent => ({
  type: 'blockAdded',
  received: { streamId, block: { id, bytes: new Uint8Array(new SharedArrayBuffer(0)), records: 1, format: 'records' } },
})
/** A batch time stands for the allocation of everything that is there by then. */
type Step = BlockEvent | number
const fold = (steps: readonly Step[]): ReceivedBlocks =>
  steps.reduce<ReceivedBlocks>(
    (state, step) => apply(state, typeof step === 'number' ? allocation(state, step) : step),
    noBlocks,
  )
const ids = (state: ReceivedBlocks, timeMs: number, streamId: number): string[] =>
  blocksOf(state, timeMs, streamId).map(block => block.id)

test('a batch gets what was received since the one before, stream by stream, in order', () => {
  const state = fold([added(0, 'a'), added(1, 'b'), added(0, 'c'), 1000, added(0, 'd'), 2000])
  assert.deepEqual(
    [ids(state, 1000, 0), ids(state, 1000, 1), ids(state, 2000, 0), ids(state, 3000, 0)],
    [['a', 'c'], ['b'], ['d'], []],
  )
})

test('a batch that is allocated again keeps its blocks, and takes no others', () => {
  const state = fold([added(0, 'a'), 1000, added(0, 'b'), 1000])
  assert.deepEqual(ids(state, 1000, 0), ['a'])
  assert.equal(state.unallocated.length, 1)
})

test('a block that a batch does not name belongs to a later one, wherever it stands in the log', () => {
  const first = allocation(fold([added(0, 'a')]), 1000)
  const state = fold([added(0, 'a'), added(0, 'b'), first, 2000])
  assert.deepEqual([ids(state, 1000, 0), ids(state, 2000, 0)], [['a'], ['b']])
})

test('cleaned batches let their blocks go', () => {
  const state = fold([added(0, 'a'), 1000, added(0, 'b'), 2000, { type: 'batchesCleaned', upToMs: 1000 }])
  assert.deepEqual([...state.batches.keys()], [2000])
})

test('whatever happens, a block is in exactly one place and in order', () => {
  const event = fc.oneof(fc.constant('add' as const), fc.integer({ min: 1, max: 30 }))
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), steps => {
      const state = fold(steps.map((step, i) => (step === 'add' ? added(i % 2, String(i)) : step)))
      const all = [...state.batches.values(), state.unallocated].flat().map(received => Number(received.block.id))
      assert.deepEqual(all, steps.flatMap((step, i) => (step === 'add' ? [i] : []))) // prettier-ignore
    }),
  )
})
