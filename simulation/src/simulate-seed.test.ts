import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unplantable } from '@dstream/tools/planting'
import { breaks } from './breaks/breaks.ts'
import { inProcess } from './in-processes.ts'
import { simulateSeed } from './simulate-seed.ts'
import { simulateSeeds } from './simulate-seeds.ts'

test('the same seed is the same universe, step by step, alone or after others, also in another process', async () => {
  const alone = await simulateSeed(7)
  const digests: string[] = []
  for await (const { digest, steps } of inProcess({ first: 5, count: 3 })) digests.push(`${digest} ${steps}`)
  const again = await simulateSeed(7)
  assert.equal(again.digest, alone.digest)
  assert.equal(digests.at(-1), `${alone.digest} ${alone.steps}`)
  assert.equal(new Set(digests).size, 3, 'other seeds are other universes')
})

test('what a replayed seed prints is what its digest is made of', async () => {
  const { trace, digest } = await simulateSeed(7, true)
  assert.equal(trace?.length, Number(digest.split('-')[0]))
})

test('every invariant has a break that it alone or with others notices, and each break has its place in the source', () => {
  const noticed = new Set(breaks.flatMap(({ invariants }) => invariants))
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 8].filter(invariant => !noticed.has(invariant)), []) // prettier-ignore
  assert.deepEqual(breaks.flatMap(({ planted }) => planted.map(unplantable)).filter(problem => problem !== undefined), []) // prettier-ignore
})

test('fewer seeds than were asked for are no success, nor is a number of them that is none', async () => {
  const told: string[] = []
  assert.equal(await simulateSeeds({ first: 7, count: NaN, atOnce: 1 }, line => told.push(line)), 1)
  assert.equal(told.at(-1), '0 passed, 1 failed, 0 skipped')
  assert.equal(await simulateSeeds({ first: 7, count: 1, atOnce: 1 }, () => {}), 0)
})
