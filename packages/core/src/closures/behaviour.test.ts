import assert from 'node:assert/strict'
import { decodeRecords, encodeRecords } from '../codec/index.ts'
import net from 'node:net'
import { test } from 'node:test'
import {
  AsyncFunctionNotAllowedError,
  builtin,
  callSite,
  capture,
  classes,
  Instantiator,
  refusesToTravel,
  registerBuiltins,
  registerHandles,
  TaskNotSerializableError,
  travelsAs,
  type AnyFunction,
  type Closure,
} from './index.ts'

const task = (f: AnyFunction): Closure => capture(f, { operator: 'map', async: 'allowed' })
/** What two tasks of one worker answer, one after the other. */
function twoTasks(f: AnyFunction, calls = 2): unknown[] {
  const closure = task(f)
  const instantiator = new Instantiator()
  return [1, 2].map(() => {
    const made = instantiator.instantiate(closure)
    let answer: unknown
    for (let i = 0; i < calls; i++) answer = made('k')
    return answer
  })
}

test('a captured counter starts anew in each task and does not change in the driver', () => {
  let n = 0
  assert.deepEqual(
    twoTasks(() => ++n),
    [2, 2],
  )
  assert.equal(n, 0)
})

test('containers that a function changes, hands out, or calls changing methods of are fresh for each task', () => {
  const list: number[] = []
  const table: Record<string, number> = {}
  const seen = new Set<unknown>()
  const add = (to: number[]): number => to.push(1)
  assert.deepEqual(
    twoTasks(() => list.push(1)),
    [2, 2],
  )
  assert.deepEqual(
    twoTasks((k: string) => (table[k] = (table[k] ?? 0) + 1)),
    [2, 2],
  )
  assert.deepEqual(
    twoTasks((k: string) => seen.add(k).size),
    [1, 1],
  )
  assert.deepEqual(
    twoTasks(() => add(list)),
    [2, 2],
  )
  assert.deepEqual(
    twoTasks(() => ({ list }).list.push(1)),
    [2, 2],
  )
})

test('objects inside of containers are fresh, even where the container is only read', () => {
  const nested = new Map([['k', { n: 0 }]])
  const tree = { a: { n: 0 } }
  assert.deepEqual(
    twoTasks(() => ++tree.a.n),
    [2, 2],
  )
  const bump = (): number => ++tree.a.n
  assert.deepEqual(
    twoTasks(() => bump()),
    [2, 2],
  )
  assert.deepEqual(
    twoTasks((k: string) => ++(nested.get(k) as { n: number }).n),
    [2, 2],
  )
})

test('state in properties of functions is fresh for each task', () => {
  const helper = Object.assign(() => 1, {}) as { (): number; calls?: number }
  assert.deepEqual(
    twoTasks(() => (helper.calls = (helper.calls ?? 0) + 1)),
    [2, 2],
  )
  assert.deepEqual(
    twoTasks(function self(): number {
      const own = self as { calls?: number }
      return (own.calls = (own.calls ?? 0) + 1)
    }),
    [2, 2],
  )
})

test('regular expressions that remember a position are fresh for each task', () => {
  const sticky = /k/g
  assert.deepEqual(
    twoTasks((k: string) => sticky.test(k), 1),
    [true, true],
  )
})

test('a table that is only read is made once and shared by all tasks', () => {
  const stop = new Set(['a', 'the'])
  const closure = task((word: string) => !stop.has(word))
  const instantiator = new Instantiator()
  assert.equal(instantiator.instantiate(closure), instantiator.instantiate(closure))
})

test('the same function with equal values has an equal id, other values another; the code id is the same', () => {
  const make = (n: number): Closure => task((x: number) => x + n)
  assert.equal(make(1).id, make(1).id)
  assert.notEqual(make(1).id, make(2).id)
  assert.equal(make(1).codeId, make(2).codeId)
})

test('a refusal names operator, variable, path, line and cure', () => {
  const pool = { client: { socket: new net.Socket() } }
  const write = (): boolean => pool.client.socket.write('x')
  assert.throws(
    () => capture(() => write(), { operator: 'foreach', async: 'refused' }),
    (error: unknown) => {
      assert.ok(error instanceof TaskNotSerializableError)
      assert.equal(error.code, 'TASK_NOT_SERIALIZABLE')
      assert.deepEqual([error.operator, error.variable, error.path], ['foreach', 'write', 'write → pool.client.socket'])
      assert.match(error.site, /behaviour\.test\.ts:\d+:\d+$/)
      assert.match(error.message, /^Task not serializable: the function given to foreach captures `write`/)
      assert.match(error.message, /foreachPartition .* perWorker/)
      return true
    },
  )
})

test('an async function is refused where the operator does not await', () => {
  const f = async (): Promise<number> => 1
  for (const refused of [f, f.bind(null), { async m() {} }.m, async function* () {}])
    assert.throws(() => capture(refused, { operator: 'map', async: 'refused' }), AsyncFunctionNotAllowedError)
  assert.equal(capture(f, { operator: 'mapAsync', async: 'allowed' }).async, true)
  assert.equal(capture(() => f, { operator: 'map', async: 'refused' }).async, false)
})

test('an object says itself that it does not travel', () => {
  class Context {
    static readonly [refusesToTravel] = 'lives in the driver\nUse it outside.'
  }
  const context = new Context()
  assert.throws(() => task(() => context), /`context` lives in the driver[^]*→ Use it outside/)
})

test('an object says as what it travels', () => {
  registerHandles({ testBroadcast: (id: number) => ({ value: `value ${id}` }) })
  const broadcast = {
    [travelsAs]: () => ({ name: 'testBroadcast', data: [7] }),
    value: 'of the driver',
    socket: new net.Socket(),
  }
  assert.equal(new Instantiator().instantiate(task(() => broadcast.value))(), 'value 7')
})

test('builtins are found by name and given their functions and data', () => {
  registerBuiltins({
    testScale:
      ([f], [factor]) =>
      (x: number) =>
        (f as (x: number) => number)(x) * (factor as number),
  })
  const f = builtin('testScale', [task((x: number) => x + 1)], [10])
  assert.equal(new Instantiator().instantiate(f)(1), 20)
  assert.throws(() => new Instantiator().instantiate(builtin('nowhere')), { code: 'BUILTIN_UNKNOWN' })
})

test('the call site is the line of the user, not of this package', () => {
  assert.match(callSite(), /behaviour\.test\.ts:\d+:\d+$/)
  assert.match(task(() => 1).site, /behaviour\.test\.ts:\d+:\d+$/)
})

test('a captured arrow function is not run to find its `this`, nor are its default values', () => {
  let ran = 0
  class Owner {
    n = 2
    make(): (x?: number, y?: { a: number }) => unknown {
      return (x = ran++, { a } = { a: ran++ }) => [ran++, this.n, x, a]
    }
  }
  task(new Owner().make())
  assert.equal(ran, 0)
})

test('a class has one id, whichever function captured it', () => {
  class Money {
    cents = 1
  }
  task(() => new Money())
  const id = classes.classIdOf(Money)
  task((x: unknown) => x instanceof Money)
  assert.ok(id)
  assert.equal(classes.classIdOf(Money), id)
  assert.equal(classes.classOf(id), Money)
  assert.equal(classes.definitionOf(id)?.kind, 'closure')
})

test('a class that only records bring along is captured when it is asked for', () => {
  class Only {}
  const id = classes.classIdOf(Only)
  assert.ok(id)
  assert.equal(classes.definitionOf(id)?.kind, 'closure')
  assert.equal(classes.classIdOf(Map), undefined)
  assert.equal(classes.classIdOf(net.Socket), undefined)
})

test('a package that is not loaded yet is loaded by prepare, and asked for it by its error', async () => {
  const closure = task(() => 1)
  const imports = { kind: 'import', specifier: 'fast-check', name: 'default', from: import.meta.url } as const
  const entries = [...closure.graph.entries, imports]
  const imported = { ...closure, id: 'import', graph: { ...closure.graph, root: entries.length - 1, entries } }
  const instantiator = new Instantiator()
  assert.throws(() => instantiator.instantiate(imported), { code: 'IMPORT_NOT_PREPARED' })
  await instantiator.prepare([imported])
  assert.equal(typeof (instantiator.instantiate(imported) as unknown as { assert: unknown }).assert, 'function')
  const missing = {
    ...imported,
    id: 'x',
    graph: {
      ...imported.graph,
      entries: [...entries.slice(0, -1), { ...imports, specifier: 'no-such-package' }],
    },
  }
  await assert.rejects(instantiator.prepare([missing]), { code: 'IMPORT_FAILED' })
})

test('an error in a task tells the line and column that the user wrote it at', () => {
  const where = (f: AnyFunction): string => {
    try {
      ;(f as () => unknown)()
    } catch (error) {
      return /behaviour\.test\.ts:\d+:\d+/.exec(String((error as Error).stack))?.[0] ?? String((error as Error).stack)
    }
    return 'no error'
  }
  const functions: AnyFunction[] = [
    () => JSON.parse('{'),
    () => {
      throw new Error('in a block')
    },
    function named() {
      const nothing = undefined as unknown as { x: 1 }
      return nothing.x
    },
    {
      method() {
        throw new Error('in a method')
      },
    }.method,
  ]
  for (const f of functions) assert.equal(where(new Instantiator().instantiate(task(f))), where(f))
})

test('records of a class with private fields come back to the driver as its instances', () => {
  class Base {
    #secret = 'base'
    base(): string {
      return this.#secret
    }
  }
  class Money extends Base {
    #secret: number
    constructor(cents: number) {
      super()
      this.#secret = cents
    }
    get cents(): number {
      return this.#secret
    }
    override base(): string {
      return `${super.base()}!`
    }
  }
  const [back] = decodeRecords(encodeRecords([new Money(5)])) as [Money]
  assert.deepEqual([back.cents, back.base(), back instanceof Money, back instanceof Base], [5, 'base!', true, true])
  const [again] = decodeRecords(encodeRecords([back])) as [Money]
  assert.equal(again.cents, 5)
  assert.equal(new Instantiator().instantiate(task(() => back.cents))(), 5)
  assert.equal(new Money(1) instanceof Money, true)
  assert.equal(new Base() instanceof Money, false)
})

test('the function used least recently is forgotten first', () => {
  let reads = 0
  const watched = (f: () => number): Closure => {
    const { graph, ...rest } = capture(f, { operator: 'map', async: 'refused' })
    return Object.defineProperty(rest as Closure, 'graph', { get: () => (reads++, graph) })
  }
  const [hot, second, third] = [watched(() => 1), watched(() => 2), watched(() => 3)] as const
  const instantiator = new Instantiator(2)
  for (const f of [hot, second, hot, third]) instantiator.instantiate(f)
  const before = reads
  assert.equal(instantiator.instantiate(hot)(), 1)
  assert.equal(reads, before)
  assert.equal(instantiator.instantiate(second)(), 2)
  assert.ok(reads > before)
})

test('what an instantiator has forgotten it makes again', () => {
  const pattern = /a/
  const instantiator = new Instantiator()
  const f = task(() => pattern)
  const both = builtin('both', [f])
  const first = instantiator.instantiate(f)()
  assert.equal(instantiator.instantiate(f)(), first)
  instantiator.forget(both)
  const again = instantiator.instantiate(f)()
  assert.notEqual(again, first)
  assert.deepEqual(again, first)
})
