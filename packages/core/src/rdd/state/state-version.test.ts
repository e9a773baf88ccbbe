import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nextVersion, seedVersion } from './next-version.ts'
import type { RunnableUpdate } from './next-version.ts'
import type { State } from './state.ts'
import type { StateVersion } from './state-version.ts'

type Pair = [string, number]

const entriesOf = (version: StateVersion): [unknown, unknown][] =>
  [...version.entries()].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
const batches = fc.array(
  fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: -3, max: 5 })), { maxLength: 6 }),
  { maxLength: 8 },
)

/** Drops a key whose total is 4, so that keys come and go. */
const everyKey: RunnableUpdate = {
  mode: 'everyKey',
  f: (...[, , values, state]) => {
    const total = (values as number[]).reduce((a, b) => a + b, (state as number | undefined) ?? 0)
    return total === 4 ? undefined : total
  },
}
const touched: RunnableUpdate = {
  mode: 'touchedKeys',
  f: (...[, key, value, state]) => {
    const s = state as State<number>
    const total = (s.getOption() ?? 0) + ((value as number | undefined) ?? 0)
    if (total !== 4) s.update(total)
    else if (s.exists()) s.remove()
    return [key, total]
  },
}

/** The state as a plain map, changed the obvious way. */
function model(state: Map<string, number>, batch: readonly Pair[], mode: string): Map<string, number> {
  const next = new Map(state)
  const change = (key: string, total: number): unknown => (total === 4 ? next.delete(key) : next.set(key, total))
  if (mode === 'touchedKeys') for (const [key, value] of batch) change(key, (next.get(key) ?? 0) + value)
  else {
    for (const key of new Set([...state.keys(), ...batch.map(([k]) => k)])) {
      const sum = batch.reduce((total, [k, v]) => (k === key ? total + v : total), state.get(key) ?? 0)
      change(key, sum)
    }
  }
  return next
}

for (const update of [everyKey, touched]) {
  test(`${update.mode}: every version stays what it was, however many newer ones are made, also twice from the same`, () =>
    fc.assert(
      fc.property(batches, fc.nat(), (input, again) => {
        const versions = [seedVersion(update.mode, [], 0)]
        const models = [new Map<string, number>()]
        const step = (from: number, batch: readonly Pair[]): void => {
          versions.push(nextVersion(versions[from]!, update, versions.length, batch).version)
          models.push(model(models[from]!, batch, update.mode))
        }
        for (const batch of input) step(versions.length - 1, batch)
        step(again % versions.length, [['a', 1], ['b', 2]]) // prettier-ignore
        versions.forEach((version, i) => {
          assert.deepEqual(entriesOf(version), [...models[i]!].sort())
          assert.equal(version.size, models[i]!.size)
        })
      }),
    ))

  test(`${update.mode}: a function that throws leaves the state as it was`, () => {
    const before = nextVersion(seedVersion(update.mode, [], 0), update, 1, [['a', 1], ['b', 2]]).version // prettier-ignore
    const failing: RunnableUpdate = {
      mode: update.mode,
      f: (...args) => {
        if (args[1] === 'c') throw new Error('refused')
        return update.f(...args)
      },
    }
    assert.throws(() => nextVersion(before, failing, 2, [['a', 7], ['d', 1], ['c', 1]]), /refused/) // prettier-ignore
    assert.deepEqual(entriesOf(before), [['a', 1], ['b', 2]]) // prettier-ignore
    assert.deepEqual(entriesOf(nextVersion(before, update, 2, [['a', 1]]).version), [['a', 2], ['b', 2]]) // prettier-ignore
  })

  test(`${update.mode}: keys that come and go do not add up`, () => {
    let version = seedVersion(update.mode, [], 0)
    for (let i = 0; i < 40; i++) {
      const pairs = Array.from({ length: 200 }, (_, k): Pair => [`${i}-${k}`, 1])
      version = nextVersion(version, update, 2 * i, pairs).version
      version = nextVersion(version, update, 2 * i + 1, pairs.map(([key]): Pair => [key, 3])).version // prettier-ignore
    }
    assert.equal(version.size, 0)
    assert.deepEqual([...version.entries()], [])
  })
}

test('whole: the function makes the new state from everything at once', () => {
  const f = (...[, all]: unknown[]): unknown =>
    [...(all as Iterable<[string, number[], number | undefined]>)].map(([k, vs, s]) => [k, vs.length + (s ?? 0)])
  const first = nextVersion(seedVersion('whole', [['x', 10]], 0), { mode: 'whole', f }, 1, [['x', 1], ['y', 1]]).version // prettier-ignore
  assert.deepEqual(entriesOf(first), [['x', 11], ['y', 1]]) // prettier-ignore
})

test('touchedKeys: a key times out once it has had no data since the threshold, and only where the step looks for it', () => {
  const f = (...[time, key, value, state]: unknown[]): unknown => {
    const s = state as State<number>
    if (s.isTimingOut()) return [key, 'over', s.get()]
    s.update(value as number)
    return [key, time]
  }
  const start = seedVersion('touchedKeys', [['old', 1, 10], ['new', 2, 90]], 0, 'timed') // prettier-ignore
  const unswept = nextVersion(start, { mode: 'touchedKeys', f, timeout: { thresholdMs: 50, sweep: false } }, 100, [])
  assert.equal(unswept.version.size, 2)
  const swept = nextVersion(unswept.version, { mode: 'touchedKeys', f, timeout: { thresholdMs: 50, sweep: true } }, 110, [['third', 3]]) // prettier-ignore
  assert.deepEqual(swept.mapped, [['third', 110], ['old', 'over', 1]]) // prettier-ignore
  assert.deepEqual([...swept.version.timedEntries()], [['new', 2, 90], ['third', 3, 110]]) // prettier-ignore
})
