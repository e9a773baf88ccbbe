import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryObjects } from 'node:v8'
import { ReferenceEngine } from '../testing/reference-engine.ts'
import { LongAccumulator } from './number-accumulators.ts'
import { SharedVariables } from './shared-variables.ts'

/** Collects garbage, too. */
const weakReferences = (): number => queryObjects(WeakRef, { format: 'count' })

test('of an accumulator that nobody holds any more nothing is left', async () => {
  const shared = new SharedVariables(new ReferenceEngine(), 'test')
  const held = shared.register(new LongAccumulator(), 'held')
  held.add(1)
  const before = weakReferences()
  for (let i = 0; i < 1000; i++) shared.register(new LongAccumulator())
  while (weakReferences() > before) await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(
    shared.accumulatorValues().map(({ name }) => name),
    ['held'],
  )
})
