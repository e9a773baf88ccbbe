import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { faulty, MemoryFileSystem, type FileSystem } from '../../storage/index.ts'
import { nextVersion, seedVersion, StateCursor, type State, type StateVersion } from '../state/index.ts'
import { framesFor, holdForSave } from './state-frames.ts'
import { readStatePart, saveStatePart, type SavedPart } from './state-parts.ts'

type Pair = readonly [key: string, value: number]
type Fn = (...args: never[]) => unknown

/** Functions that change the objects of the state in place, as programs do; numbers among them, and keys that go. */
const functions = {
  touchedKeys: (_: number, key: string, value: number, state: State<number[] | number>) => {
    if (value === 0) return state.exists() && state.remove()
    if (key < 'c') return state.update(((state.getOption() ?? 0) as number) + value)
    if (state.exists()) (state.get() as number[]).push(value)
    else state.update([value])
  },
  everyKey: (_: number, key: string, values: number[], state: number[] | number | undefined) => {
    if (values.includes(0)) return undefined
    if (key < 'c') return values.reduce((a, b) => a + b, (state ?? 0) as number)
    const list = (state ?? []) as number[]
    list.push(...values)
    return list
  },
  whole: (_: number, entries: Iterable<[string, number[], number[] | undefined]>) =>
    [...entries].map(([key, values, list = []]) => (list.push(...values), [key, list])),
} as const
type Mode = keyof typeof functions

/** Steps of a state and saves of it, as many under way as there are: the store waits until it is told to go on. */
class Program {
  readonly mode: Mode
  readonly store = new MemoryFileSystem()
  readonly #waiting: (() => void)[] = []
  /** Like the memory's, but nothing is written before `goOn`. */
  readonly slow: FileSystem
  version: StateVersion
  timeMs = 0
  bases: string[] = []

  constructor(mode: Mode) {
    this.mode = mode
    this.version = seedVersion(mode, [], 0)
    const { store } = this
    const turn = (): Promise<void> => new Promise(resolve => this.#waiting.push(resolve))
    this.slow = new Proxy(store, {
      get: (_, name) => {
        if (name !== 'createWriter') return (store[name as 'list'] as Fn).bind(store)
        return async (path: string) => {
          const writer = await store.createWriter(path)
          return {
            write: async (bytes: Uint8Array) => (await turn(), writer.write(bytes)),
            commit: () => writer.commit(),
            discard: () => writer.discard(),
          }
        }
      },
    }) as unknown as FileSystem
  }

  step(pairs: readonly Pair[], toBeSaved: boolean): void {
    const f = functions[this.mode] as (...args: unknown[]) => unknown
    this.version = nextVersion(this.version, { mode: this.mode, f }, ++this.timeMs, pairs).version
    if (toBeSaved) holdForSave(this.version, this.mode === 'touchedKeys')
  }

  save(version: StateVersion, name: string, fileSystem: FileSystem = this.slow): Promise<SavedPart> {
    const timed = this.mode === 'touchedKeys'
    const partOf = (directory: string) => ({ fileSystem, path: `${directory}/part` })
    const save = { timeMs: this.timeMs, timed, directory: `/${name}`, bases: this.bases, partOf }
    const part = saveStatePart(new StateCursor(version, timed), save)
    return part.then(({ deltas, ...more }) => {
      this.bases = [`/${name}`, ...this.bases].slice(0, deltas + 1)
      return { deltas, ...more }
    })
  }

  /** Lets one write happen. */
  goOn(): void {
    this.#waiting.shift()?.()
  }

  async finish<T>(work: Promise<T>): Promise<T> {
    let done = false
    const end = (): void => void (done = true)
    work.then(end, end)
    while (!done) {
      this.goOn()
      await new Promise(resolve => setImmediate(resolve))
    }
    return work
  }

  async restored(): Promise<string> {
    const partOf = (directory: string) => ({ fileSystem: this.store, path: `${directory}/part` })
    return textOf(await readStatePart(this.bases, partOf))
  }
}

const textOf = (records: Iterable<readonly unknown[]>): string =>
  JSON.stringify(
    [...records].map(([key, state]) => [key, state]).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  )

const pairs = fc.array(fc.tuple(fc.constantFrom(...'abcdefgh'), fc.integer({ min: 0, max: 4 })), { maxLength: 4 })
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ pairs, due: fc.boolean() }) },
  { weight: 3, arbitrary: fc.constant('write' as const) },
  { weight: 2, arbitrary: fc.constant('save' as const) },
)

for (const mode of Object.keys(functions) as Mode[]) {
  test(`${mode}: what is saved of a version is the state as of it, however late it is saved and whatever is changed in place meanwhile`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 50 }), async actions => {
        const program = new Program(mode)
        let due: { readonly version: StateVersion; readonly expected: string } | undefined
        let running: { readonly work: Promise<SavedPart>; readonly expected: string } | undefined
        for (const [i, action] of actions.entries()) {
          if (action === 'write') program.goOn()
          else if (action === 'save' && due !== undefined) {
            if (running !== undefined) {
              await program.finish(running.work)
              assert.equal(await program.restored(), running.expected)
            }
            running = { work: program.save(due.version, String(i)), expected: due.expected }
            due = undefined
          } else if (action !== 'save') {
            program.step(action.pairs, action.due)
            if (action.due) due = { version: program.version, expected: textOf(program.version.entries()) }
          }
          await new Promise(resolve => setImmediate(resolve))
        }
        if (running === undefined) return
        await program.finish(running.work)
        assert.equal(await program.restored(), running.expected)
      }),
      { numRuns: 200 },
    ))
}

test('a version that was not held is not saved once its objects may have changed', async () => {
  const program = new Program('touchedKeys')
  program.step([['x', 1], ['y', 1]], false) // prettier-ignore
  const older = program.version
  program.step([['x', 2]], false)
  await assert.rejects(program.save(older, 'older', program.store), { code: 'STATE_MOVED_ON' })
  await program.save(program.version, 'newest', program.store)
  assert.equal(await program.restored(), '[["x",[1,2]],["y",[1]]]')
})

test('after a save that was of no use, the one after the next goes on from the one before it', async () => {
  const program = new Program('touchedKeys')
  program.step([...'cd', ...Array.from({ length: 500 }, (_, i) => `key${i}`)].map(key => [key, 1] as const), true) // prettier-ignore
  await program.save(program.version, '1', program.store)
  const { bases } = program
  program.step([['c', 2]], true)
  await program.save(program.version, '2', program.store)
  // Another partition of it could not be written: nothing goes back to it.
  program.bases = bases
  program.step([['d', 3]], true)
  const third = program.version
  program.step([['d', 4]], true)
  await assert.rejects(program.save(third, '3', program.store), { code: 'STATE_MOVED_ON' })
  const fourth = textOf(program.version.entries())
  const version = program.version
  program.step([['c', 5], ['d', 5]], false) // prettier-ignore
  assert.equal((await program.save(version, '4', program.store)).deltas, 1)
  assert.equal(await program.restored(), fourth)
})

test('a version that was held is no delta to a later one', async () => {
  const program = new Program('touchedKeys')
  program.step([...'cd', ...Array.from({ length: 500 }, (_, i) => `key${i}`)].map(key => [key, 1] as const), true) // prettier-ignore
  await program.save(program.version, '1', program.store)
  program.step([['c', 2]], true)
  const second = program.version
  program.step([['d', 3]], true)
  const third = program.version
  program.step([['d', 4]], false)
  assert.equal((await program.save(third, '3', program.store)).deltas, 1)
  await assert.rejects(program.save(second, '2', program.store), { code: 'STATE_MOVED_ON' })
})

test('a save that is tried again after its file could not be written tells that, not that the state has moved on', async () => {
  const program = new Program('touchedKeys')
  program.step([['x', 1]], true)
  const { version } = program
  program.step([['x', 2]], false)
  const full = faulty(program.store, ({ name }) => (name === 'commit' ? 'ENOSPC' : undefined))
  for (let attempt = 0; attempt < 2; attempt++)
    await assert.rejects(program.save(version, '1', full), { code: 'STORAGE_FULL' })
})

test('a state that cannot be encoded fails the save, not the step', async () => {
  const program = new Program('everyKey')
  program.step([['x', 1]], true)
  const { version } = program
  const [[, list]] = [...version.entries()] as [[string, unknown[]]]
  list.push(() => 1)
  program.step([['x', 2]], false)
  await assert.rejects(program.save(version, '1', program.store), { code: /ENCOD|SERIALIZ|CODEC/ })
})

test('large states are encoded some megabytes at a time', () => {
  const state = new Uint8Array(50_000)
  const { view } = seedVersion(
    'everyKey',
    Array.from({ length: 1000 }, (_, i) => [i, state]),
    0,
  )
  const [first, ...others] = [...framesFor(view, undefined, false)]
  assert.equal(
    [first!, ...others].reduce((sum, { keys }) => sum + keys, 0),
    1000,
  )
  for (const { bytes } of others) assert.ok(bytes.length < 5_000_000, `${bytes.length}`)
})
