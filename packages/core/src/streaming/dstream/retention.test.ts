import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StreamNode } from './plan/node.ts'
import { reachable, retentionOf, validateIntervals } from './retention.ts'

let nextId = 0
const node = (parents: readonly StreamNode[], windowMs?: number, slideMs = parents[0]?.slideMs ?? 1000): StreamNode => {
  const common = { id: nextId++, operator: 'test', site: 'here', parents, slideMs }
  if (parents.length === 0) return { ...common, kind: 'input', inputId: 0 }
  if (windowMs !== undefined) return { ...common, kind: 'window', windowMs }
  return { ...common, kind: 'transformed', operation: { kind: 'driver', f: rdds => rdds[0]! }, absent: 'none' }
}

test('a windowed stream asks its parent to remember its window and itself', () => {
  const input = node([])
  const window = node([input], 30_000, 10_000)
  const retention = retentionOf([window], new Map())
  assert.deepEqual([...retention.values()].map(r => r.rememberMs).sort(), [10_000, 40_000])
  assert.equal(retention.get(input.id)!.rememberMs, 40_000)
})

test('every stream remembers at least its slide, its floor, and what the streams made of it need', () => {
  const shapes = fc.array(fc.record({ parent: fc.nat(20), window: fc.option(fc.integer({ min: 1, max: 9 })) }), {
    minLength: 1,
    maxLength: 20,
  })
  fc.assert(
    fc.property(shapes, fc.integer({ min: 0, max: 20_000 }), (shapes, floorMs) => {
      const nodes = [node([])]
      for (const { parent, window } of shapes) {
        nodes.push(node([nodes[parent % nodes.length]!], window === null ? undefined : window * 1000))
      }
      const retention = retentionOf([nodes.at(-1)!], new Map(), floorMs)
      for (const child of reachable([nodes.at(-1)!])) {
        const { rememberMs } = retention.get(child.id)!
        assert.ok(rememberMs >= child.slideMs && rememberMs >= floorMs)
        for (const parent of child.parents) {
          const windowMs = child.kind === 'window' ? child.windowMs : 0
          assert.ok(retention.get(parent.id)!.rememberMs >= rememberMs + windowMs)
        }
      }
    }),
  )
})

test('a checkpointed stream remembers two intervals, and they have to fit its slide', () => {
  const input = node([])
  const checkpointed = (checkpointMs: number) => retentionOf([input], new Map([[input.id, { checkpointMs }]]))
  assert.deepEqual(checkpointed(4000).get(input.id), { rememberMs: 8000, neededMs: 1000, checkpointMs: 4000 })
  assert.throws(() => validateIntervals([input], checkpointed(500), true), { code: 'CHECKPOINT_INTERVAL_BELOW_SLIDE' })
  assert.throws(() => validateIntervals([input], checkpointed(2500), true), {
    code: 'CHECKPOINT_INTERVAL_NOT_MULTIPLE',
  })
  assert.throws(() => validateIntervals([input], checkpointed(4000), false), { code: 'NO_CHECKPOINT_DIRECTORY' })
})
