import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rememberMsOf, selectFiles } from './select-files.ts'
import type { FileEntry, FileRules, RememberedFiles } from './select-files.ts'

const rules: FileRules = { ignoreUpToMs: 100_000, rememberMs: 60_000, slideMs: 1000 }
const file = (path: string, modifiedMs: number, length = 1): FileEntry => ({ path, modifiedMs, length })

/** What each batch takes, of a listing each. */
function batches(
  listings: readonly (readonly [batchMs: number, listing: readonly FileEntry[]])[],
  with_: FileRules = rules,
): string[][] {
  let remembered: RememberedFiles = new Map()
  return listings.map(([batchMs, listing]) => {
    const selection = selectFiles(listing, batchMs, remembered, with_)
    remembered = selection.remembered
    return selection.selected.map(({ path }) => path)
  })
}

test('files modified at the start of the stream or before are old; with newFilesOnly false they are not', () => {
  const listing = [file('old', 99_000), file('at', 100_000), file('after', 100_001)]
  assert.deepEqual(batches([[101_000, listing]]), [['after']])
  assert.deepEqual(batches([[101_000, listing]], { ...rules, ignoreUpToMs: 0 }), [['old', 'at', 'after']])
})

test('a file modified after the batch time waits for its batch, and is taken once', () => {
  const listing = [file('f', 102_500)]
  const times = [101_000, 102_000, 103_000, 104_000]
  assert.deepEqual(batches(times.map(ms => [ms, listing])), [[], [], ['f'], []])
})

test('a file that is changed after it was taken is not taken again while it is remembered', () => {
  const changed = [101_000, 102_000, 103_000].map((ms, i) => [ms, [file('a', 100_500 + i * 1000, i)]] as const)
  assert.deepEqual(batches(changed), [['a'], [], []])
  const { skipped } = selectFiles(
    [file('a', 101_500, 9)],
    102_000,
    selectFiles([file('a', 100_500)], 101_000, new Map(), rules).remembered,
    rules,
  )
  assert.deepEqual(skipped, [{ path: 'a', why: 'a already considered', changed: true, tooOld: false }])
})

test('a file that is appended to without a longer rest is taken once, however long that goes on', () => {
  const growing = Array.from({ length: 300 }, (_, i) => [101_000 + i * 1000, [file('log', 100_500 + i * 1000, i)]] as const) // prettier-ignore
  assert.deepEqual(batches(growing).flat(), ['log'])
})

test('a path that was forgotten and changed since is taken again', () => {
  const slow: FileRules = { ignoreUpToMs: 100_000, rememberMs: 60_000, slideMs: 20_000 }
  const v1 = [file('a', 110_000)]
  const times = [120, 140, 160, 180, 200, 220].map(s => [s * 1000, v1] as const)
  assert.deepEqual(batches([...times, [240_000, [file('a', 230_000)]]], slow), [['a'], [], [], [], [], [], ['a']])
})

test('a file is too old when the window has passed it', () => {
  const slow: FileRules = { ignoreUpToMs: 100_000, rememberMs: 60_000, slideMs: 20_000 }
  const late = [file('b', 140_001), file('c', 140_000), file('d', 139_999)]
  assert.deepEqual(batches([[200_000, late]], slow), [['b']])
})

test('why a file is not taken is said in Spark’s words', () => {
  const { skipped } = selectFiles([file('o', 1), file('n', 999_999)], 101_000, new Map(), rules)
  assert.deepEqual(skipped.map(({ why }) => why), ['o ignored as mod time 1 <= ignore time 100000', 'n not selected as mod time 999999 > current time 101000']) // prettier-ignore
})

test('files are taken in the order of their modification times, then of their names', () => {
  assert.deepEqual(batches([[101_000, [file('b', 100_500), file('c', 100_400), file('a', 100_500)]]]), [
    ['c', 'a', 'b'],
  ])
})

test('files are remembered for whole slides, at least as long as the key says', () => {
  assert.deepEqual([rememberMsOf(1000, 60_000), rememberMsOf(20_000, 60_000), rememberMsOf(7000, 60_000), rememberMsOf(90_000, 60_000)], [60_000, 60_000, 63_000, 90_000]) // prettier-ignore
})

test('a file that does not change is taken by exactly one batch, or it was too old for all', () => {
  const files = fc.uniqueArray(
    fc.record({ modifiedMs: fc.integer({ min: 90_000, max: 300_000 }), from: fc.integer({ min: 0, max: 150 }) }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(files, all => {
      const times = Array.from({ length: 250 }, (_, i) => 101_000 + i * 1000)
      // A file shows up in the listing from some batch on.
      const taken = batches(
        times.map((ms, i) => [ms, all.flatMap((f, n) => (i >= f.from ? [file(String(n), f.modifiedMs)] : []))]),
      ).flat()
      all.forEach((f, n) => {
        const firstSeenMs = Math.max(101_000 + f.from * 1000, Math.ceil(f.modifiedMs / 1000) * 1000)
        const inTime = f.modifiedMs > Math.max(100_000, firstSeenMs - 60_000)
        assert.equal(taken.filter(path => path === String(n)).length, inTime ? 1 : 0)
      })
    }),
    { numRuns: 50 },
  )
})
