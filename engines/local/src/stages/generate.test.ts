import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileFunction } from 'node:vm'
import fc from 'fast-check'
import { generate, shapeKey } from './generate.ts'
import type { EndShape, StepShape } from './generate.ts'

type Fn = (...args: never[]) => unknown
interface Step {
  readonly shape: StepShape
  readonly f: Fn
  /** The same step on an array, written the obvious way. */
  readonly model: (records: readonly number[]) => number[]
}

const step = (op: StepShape['op'], f: Fn, model: Step['model']): Step => ({ shape: { op, async: false }, f, model })
const increment = step(
  'map',
  (x: number) => x + 1,
  records => records.map(x => x + 1),
)
const odd = step(
  'filter',
  (x: number) => x % 2 !== 0,
  records => records.filter(x => x % 2 !== 0),
)
const twice = step(
  'flatMap',
  (x: number) => [x, x],
  records => records.flatMap(x => [x, x]),
)
const multiples = step(
  'flatMap',
  function* (x: number) {
    for (let i = 0; i < x % 3; i++) yield x * i
  },
  records => records.flatMap(x => Array.from({ length: Math.max(0, x % 3) }, (_, i) => x * i)),
)
const reversed = step(
  'mapPartitions',
  (records: Iterable<number>) => [...records].reverse(),
  records => [...records].reverse(),
)
const lazySum = step(
  'mapPartitions',
  function* (records: Iterable<number>) {
    let sum = 0
    for (const x of records) yield (sum += x)
  },
  records => {
    let sum = 0
    return records.map(x => (sum += x))
  },
)

function run(
  steps: readonly Step[],
  end: EndShape,
  chunks: readonly (readonly number[])[],
  endServices: object = {},
  skipErrors = false,
): unknown {
  const { text } = generate({ steps: steps.map(s => s.shape), end, skipErrors })
  const bind = compileFunction(text, ['run']) as (run: object) => (chunks: unknown) => unknown
  const skipped: number[] = []
  let thrown: { at: number; error: unknown } | undefined
  const pipeline = bind({
    f: steps.map(s => s.f),
    partitions: steps.map(() => 7),
    end: { skipped, ...endServices },
    isPromise: (value: unknown) => value instanceof Promise,
    refusePromise: (at: number) => assert.fail(`promise in step ${at}`),
    iterable: (value: unknown) => value,
    records: (input: number[][]) => input.flat()[Symbol.iterator](),
    gather: async (value: unknown) => await value,
    skip: (at: number) => skipped.push(at),
    threw: (at: number, error: unknown) => (thrown ??= { at, error }),
    cancelled: new Int32Array(1),
    taskId: 1,
    giveUp: () => assert.fail('nobody gave it up'),
  })
  let result: unknown
  try {
    result = pipeline(chunks)
  } catch (error) {
    if (thrown?.error !== error) throw error
    return { thrown }
  }
  return skipErrors ? { result, skipped } : result
}

const anySteps = fc.array(fc.constantFrom(increment, odd, twice, multiples, reversed, lazySum), { maxLength: 7 })
const anyChunks = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 }), { maxLength: 4 })

test('a fused pipeline gives what the steps give one after the other on arrays, however the input is cut', () =>
  fc.assert(
    fc.property(anySteps, anyChunks, (steps, chunks) => {
      const expected = steps.reduce<number[]>((records, s) => s.model(records), chunks.flat())
      assert.deepEqual(run(steps, 'array', chunks), expected)
      assert.equal(run(steps, 'count', chunks), expected.length)
      assert.deepEqual(
        [...(run(steps, 'iterator', chunks, { run: (records: Iterable<number>) => [...records] }) as number[])],
        expected,
      )
      assert.deepEqual(run(steps, 'take', chunks, { limit: 3 }), expected.slice(0, 3))
    }),
  ))

test('a chain longer than one loop can hold is cut and gives the same', () => {
  const steps = Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? odd : increment))
  const expected = steps.reduce<number[]>((records, s) => s.model(records), [1, 2, 3])
  assert.deepEqual(run(steps, 'array', [[1, 2], [3]]), expected)
})

test('take pulls no more than it needs', () => {
  let calls = 0
  const counting = step(
    'map',
    (x: number) => (calls++, x),
    records => [...records],
  )
  assert.deepEqual(run([counting], 'take', [[1, 2, 3, 4]], { limit: 2 }), [1, 2])
  assert.equal(calls, 2)
})

test('with errors skipped, a record is left out at the step that throws and the rest go on', () => {
  const noThree = step(
    'map',
    (x: number) => {
      if (x === 3) throw new Error('three')
      return x
    },
    records => [...records],
  )
  assert.deepEqual(run([increment, noThree], 'array', [[1, 2, 3]], {}, true), { result: [2, 4], skipped: [1] })
})

test('every line that calls a step is known, so that a stack trace tells the operator', () => {
  const { text, stepOfLine } = generate({
    steps: [increment.shape, odd.shape, reversed.shape, twice.shape],
    end: 'array',
    skipErrors: false,
  })
  const lines = text.split('\n')
  for (const [i, name] of ['f0(', 'f1(', 'f2(', 'f3('].entries()) {
    const line = lines.findIndex(l => l.includes(name)) + 1
    assert.equal(stepOfLine.get(line), i)
  }
})

test('pipelines of one shape have one key, others differ', () => {
  const steps = [increment.shape, odd.shape]
  assert.equal(
    shapeKey({ steps, end: 'array', skipErrors: false }),
    shapeKey({ steps: [...steps], end: 'array', skipErrors: false }),
  )
  assert.notEqual(
    shapeKey({ steps, end: 'array', skipErrors: false }),
    shapeKey({ steps, end: 'count', skipErrors: false }),
  )
})

const fails = (error: unknown) => ({
  map: step(
    'map',
    () => {
      throw error
    },
    () => [],
  ),
  flatMap: step(
    'flatMap',
    function* (x: number) {
      yield x
      throw error
    },
    () => [],
  ),
  mapPartitions: step(
    'mapPartitions',
    function* (records: Iterable<number>) {
      for (const record of records) yield record
      throw error
    },
    () => [],
  ),
})

test('a step that throws something without a stack is told, also when it is a generator that goes on after later steps', () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(increment, twice, reversed, lazySum), { maxLength: 4 }),
      fc.constantFrom('map', 'flatMap', 'mapPartitions'),
      fc.array(fc.constantFrom(increment, twice, lazySum, odd), { maxLength: 4 }),
      (before, op, after) => {
        const steps = [...before, fails('text')[op as 'map'], ...after]
        const thrown = { at: before.length, error: 'text' }
        assert.deepEqual(run(steps, 'array', [[1, 2], [3]]), { thrown })
        assert.deepEqual(run(steps, 'iterator', [[1, 2], [3]], { run: (r: Iterable<number>) => [...r] }), { thrown })
      },
    ),
  ))

test('a pipeline that is given up ends at the next record, inside of a chunk and of what a flatMap gives', () => {
  const cancelled = new Int32Array(1)
  const cut = (op: StepShape['op'], f: Fn) => {
    cancelled[0] = 0
    const giveUp = (): never => assert.fail('given up')
    const { text } = generate({ steps: [{ op, async: false }, increment.shape], end: 'count', skipErrors: true })
    let calls = 0
    const counted = (x: number) => (++calls === 3 && (cancelled[0] = 1), x)
    const services = {
      f: [f, counted],
      partitions: [0, 0],
      end: {},
      isPromise: () => false,
      iterable: (x: unknown) => x,
    }
    const pipeline = (compileFunction(text, ['run']) as (run: object) => Fn)({
      ...services,
      records: (input: number[][]) => input.flat().values(),
      cancelled,
      taskId: 1,
      giveUp,
      threw: () => {},
    }) as (chunks: number[][]) => unknown
    assert.throws(() => pipeline([[1, 2, 3, 4, 5, 6]]), /given up/)
    return calls
  }
  assert.equal(cut('map', (x: number) => x), 3) // prettier-ignore
  assert.equal(cut('flatMap', (x: number) => [x, x, x, x, x]), 3) // prettier-ignore
  assert.equal(cut('mapPartitions', (records: Iterable<number>) => [...records]), 3) // prettier-ignore
})
