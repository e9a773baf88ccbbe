import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unplantable } from '@dstream/tools/planting'
import { crashPoints, plantedCrash } from './crash-points.ts'

test('every crash point has one place in the source', () => {
  assert.deepEqual(
    crashPoints.flatMap(point => unplantable(plantedCrash(point)) ?? []),
    [],
  )
})

test('crash points have different names', () => {
  assert.equal(new Set(crashPoints.map(({ name }) => name)).size, crashPoints.length)
})
