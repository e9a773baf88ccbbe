import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryFileSystem } from '../../storage/index.ts'
import { nextVersion, seedVersion, StateCursor, type State, type StateVersion } from '../state/index.ts'
import { readStatePart, saveStatePart, type SavedPart } from './state-parts.ts'

type Pair = readonly [key: string, value: number]

/** Steps of a state, saved now and then, each save by what the engine knows or, `compared`, by what is on disk. */
class Saving {
  readonly store = new MemoryFileSystem()
  readonly partOf = (directory: string) => ({ fileSystem: this.store, path: `${directory}/part-00000` })
  version: StateVersion
  timeMs = 0
  #bases: string[] = []
  #saves = 0
  readonly #timed: boolean

  constructor(timed: boolean) {
    this.#timed = timed
    this.version = seedVersion(timed ? 'touchedKeys' : 'everyKey', [], 0)
  }

  step(pairs: readonly Pair[]): void {
    const f = this.#timed
      ? (_: number, __: unknown, value: unknown, state: State<number>) =>
          value === 0 ? state.exists() && state.remove() : state.update((value as number) + (state.getOption() ?? 0))
      : (_: number, __: unknown, values: unknown, state: unknown) =>
          (values as number[]).includes(0) ? undefined : (values as number[]).reduce((a, b) => a + b, (state as number | undefined) ?? 0) // prettier-ignore
    const mode = this.#timed ? 'touchedKeys' : 'everyKey'
    this.version = nextVersion(this.version, { mode, f: f as never }, ++this.timeMs, pairs).version
  }

  async save(version = this.version, compared = false): Promise<SavedPart> {
    const directory = `/${++this.#saves}`
    const records = compared ? this.records(version) : new StateCursor(version, this.#timed)
    const { partOf, timeMs } = this
    const save = { timeMs, timed: this.#timed, directory, bases: this.#bases, partOf }
    const part = await saveStatePart(records, save)
    this.#bases = [directory, ...this.#bases].slice(0, part.deltas + 1)
    return part
  }

  records(version = this.version): unknown[] {
    return [...(this.#timed ? version.timedEntries() : version.entries())]
  }

  restored(): ReturnType<typeof readStatePart> {
    return readStatePart(this.#bases, this.partOf)
  }

  /** As after a restart: what goes on is what was read. */
  async restart(): Promise<void> {
    const seed = await this.restored()
    this.version = seedVersion(
      this.#timed ? 'touchedKeys' : 'everyKey',
      seed,
      this.timeMs,
      this.#timed ? 'timed' : 'pairs',
    )
  }
}

const sorted = (records: readonly unknown[]): unknown[] => [...records].sort((a, b) => (String(a) < String(b) ? -1 : 1))
const pairs = fc.array(fc.tuple(fc.constantFrom(...'abcdefghijkl'), fc.integer({ min: 0, max: 3 })), { maxLength: 3 })
const action = fc.oneof(
  { weight: 5, arbitrary: pairs.map(values => ({ values })) },
  { weight: 2, arbitrary: fc.boolean().map(compared => ({ compared })) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
)

for (const timed of [true, false]) {
  test(`${timed ? 'mapWithState' : 'updateStateByKey'}: snapshots and deltas give the state that was saved, whatever was put and removed`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async actions => {
        const saving = new Saving(timed)
        let saved: unknown[] | undefined
        for (const action of actions) {
          if (action === 'restart') {
            if (saved !== undefined) await saving.restart()
          } else if ('values' in action) saving.step(action.values)
          else {
            await saving.save(saving.version, action.compared)
            saved = sorted(saving.records())
          }
          if (saved !== undefined) assert.deepEqual(sorted([...(await saving.restored())]), saved)
        }
      }),
    ))
}

async function thousandKeys(): Promise<Saving> {
  const saving = new Saving(true)
  saving.step(Array.from({ length: 1000 }, (_, i): Pair => [`key${i}`, 1]))
  assert.equal((await saving.save()).deltas, 0)
  return saving
}

test('a delta holds what has changed and no more, and the chain ends in a new snapshot', async () => {
  const saving = await thousandKeys()
  const parts: SavedPart[] = []
  for (let save = 0; save < 25; save++) {
    saving.step([[`key${save}`, 2], [`new${save}`, 1], [`key${999 - save}`, 0]]) // prettier-ignore
    parts.push(await saving.save())
  }
  assert.deepEqual(parts.map(part => part.deltas), [...upTo(10), 0, ...upTo(10), 0, 1, 2, 3]) // prettier-ignore
  for (const { deltas, bytes } of parts) assert.ok(deltas === 0 ? bytes > 10_000 : bytes < 600, `${deltas}: ${bytes}`)
  assert.deepEqual(sorted([...(await saving.restored())]), sorted(saving.records()))
})

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

test('where most keys have changed, everything is written', async () => {
  const saving = await thousandKeys()
  saving.step(Array.from({ length: 600 }, (_, i): Pair => [`key${i}`, 1]))
  assert.equal((await saving.save()).deltas, 0)
})

test('deltas that together take more than half of what the snapshot takes are followed by a snapshot', async () => {
  const saving = await thousandKeys()
  const parts: SavedPart[] = []
  for (let save = 0; save < 8; save++) {
    saving.step(Array.from({ length: 150 }, (_, i): Pair => [`key${i}`, 1]))
    parts.push(await saving.save())
  }
  let [snapshot, together] = [Infinity, 0]
  for (const { deltas, bytes } of parts) {
    if (deltas === 0) [snapshot, together] = [bytes, 0]
    else together += bytes
    assert.ok(together < 0.7 * snapshot, `${together} of ${snapshot}`)
  }
  assert.ok(parts.filter(part => part.deltas === 0).length >= 2)
})

test('an older version is saved as it was, whatever came after it', async () => {
  const saving = await thousandKeys()
  saving.step([['key1', 5]])
  const older = saving.version
  const expected = sorted(saving.records())
  const saved = saving.save(older)
  saving.step([['key1', 0], ['key2', 7], ['more', 1]]) // prettier-ignore
  assert.equal((await saved).deltas, 1)
  assert.deepEqual(sorted([...(await saving.restored())]), expected)
  await saving.save()
  assert.deepEqual(sorted([...(await saving.restored())]), sorted(saving.records()))
})

test('a state that is changed in place is in the delta', async () => {
  const store = new MemoryFileSystem()
  const partOf = (directory: string) => ({ fileSystem: store, path: `${directory}/part` })
  for (const mode of ['everyKey', 'touchedKeys'] as const) {
    const timed = mode === 'touchedKeys'
    const push =
      mode === 'everyKey'
        ? (_: number, __: unknown, values: unknown, state: unknown) => ((state as { n: number }).n += (values as number[]).length, state) // prettier-ignore
        : (_: number, __: unknown, ___: unknown, state: State<{ n: number }>) => void state.get().n++
    const keys = ['a', 'b', 'c', 'd', 'e', 'f']
    let version = seedVersion(mode, keys.map(key => [key, key === 'a' ? { n: 0 } : 0]), 0) // prettier-ignore
    const save = { timeMs: 1, timed, partOf }
    await saveStatePart(new StateCursor(version, timed), { ...save, directory: `/${mode}1`, bases: [] })
    const f = (...args: [number, unknown, unknown, never]) => (args[1] === 'a' ? push(...args) : args[3])
    version = nextVersion(version, { mode, f: f as never }, 2, [['a', 1]]).version
    const bases = [`/${mode}1`]
    const part = await saveStatePart(new StateCursor(version, timed), { ...save, directory: `/${mode}2`, bases })
    assert.equal(part.deltas, 1)
    const read = [...(await readStatePart([`/${mode}2`, ...bases], partOf))]
    assert.deepEqual(read.find(([key]) => key === 'a')![1], { n: 1 })
  }
})

test('a delta whose base is missing, broken or another file is refused', async () => {
  const saving = await thousandKeys()
  const bases = ['/1']
  saving.step([['key1', 5]])
  await saving.save()
  const newest = '/2'
  const { partOf, store } = saving
  await assert.rejects(readStatePart([newest], partOf), { code: 'CORRUPT_CHECKPOINT' })
  const other = await thousandKeys()
  other.step([['key2', 1]])
  await saveStatePart(new StateCursor(other.version, true), {
    timeMs: 1,
    timed: true,
    directory: '/1',
    bases: [],
    partOf,
  })
  await assert.rejects(readStatePart([newest, ...bases], partOf), /it is a delta to another file/)
  await store.create('/1/part-00000', Buffer.from('?'))
  await assert.rejects(readStatePart([newest, ...bases], partOf), /1\/part-00000 is no whole file of saved state/)
})
