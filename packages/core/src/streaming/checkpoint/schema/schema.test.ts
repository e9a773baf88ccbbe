import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { builtin, capture, Instantiator } from '../../../closures/index.ts'
import {
  decodeCheckpoint,
  encodeCheckpoint,
  encodePlan,
  type CheckpointContent,
  type ProgressContent,
} from './index.ts'
import { fromJson, toJson } from './plain-json.ts'

const offset = 5
const plus = capture((n: number) => n + offset, { operator: 'map', async: 'refused' })
const progress: ProgressContent = {
  ...{
    zeroMs: 0,
    batchMs: 3000,
    pending: [2000],
    inputs: [{ input: 0, memory: { seen: ['a'], bytes: new Uint8Array([1, 2]) } }],
  },
  saved: [
    {
      stream: 'in → updateStateByKey',
      fromTheBeginning: true,
      times: [{ timeMs: 2000, directory: '/data/1', numPartitions: 2 }],
    },
  ],
  accumulators: [],
}
const plan: Omit<CheckpointContent, 'progress'> = {
  version: 1,
  application: { name: 'test', master: 'local[2]', id: 'local-1', configuration: [['spark.master', 'local[2]']] },
  problems: [],
  graph: {
    batchMs: 1000,
    inputs: [{ node: 0, name: 'in', source: { kind: 'files', directory: '/in', ignoreUpToMs: 0 } }],
    nodes: [
      {
        id: 0,
        key: 'in',
        explicit: false,
        operator: 'in',
        site: 'a:1:1',
        parents: [],
        slideMs: 1000,
        detail: { kind: 'input', inputId: 0 },
      },
      {
        ...{
          id: 1,
          key: 'in → map',
          explicit: false,
          operator: 'map',
          site: 'a:1:2',
          parents: [0],
          slideMs: 1000,
          level: 'MEMORY_ONLY_SER',
        },
        detail: {
          kind: 'transformed',
          absent: 'none',
          operation: { kind: 'named', name: 'map', functions: [plus], data: [NaN, undefined] },
        },
      },
      {
        ...{
          id: 2,
          key: 'sums',
          explicit: true,
          operator: 'updateStateByKey',
          site: 'a:1:3',
          parents: [1],
          slideMs: 1000,
        },
        detail: {
          kind: 'state',
          update: { mode: 'everyKey', f: builtin('updateState', [plus]) },
          partitioner: { kind: 'hash', numPartitions: 2 },
        },
      },
    ],
    outputs: [{ operator: 'print', site: 'a:1:4', stream: 2, action: { kind: 'print', num: 10 } }],
  },
}
const bytes = encodeCheckpoint(encodePlan(plan), progress)

test('a checkpoint says what was put into it, and its functions run again', () => {
  const content = decodeCheckpoint(bytes)
  assert.deepEqual(content, { ...plan, progress })
  const { detail } = content.graph.nodes[1]!
  assert.ok(detail.kind === 'transformed' && detail.operation.kind === 'named')
  assert.equal(new Instantiator().instantiate(detail.operation.functions[0]!)(1), 6)
})

test('plain data comes back as it was', () =>
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withTypedArray: false }), value => {
      assert.deepEqual(fromJson(JSON.parse(JSON.stringify(toJson([value])))), [withoutUndefined(value)])
    }),
  ))

test('__proto__ as the name of a field is data', () => {
  const value = { a: JSON.parse('{"__proto__": {"b": 1}}') as unknown }
  assert.equal(JSON.stringify(fromJson(toJson(value))), '{"a":{"__proto__":{"b":1}}}')
})

/** A field that is undefined is one that is not there; prototypes are not data. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, withoutUndefined)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutUndefined(field)]))
}

test('content that was cut off or is something else is refused, with the place', () => {
  for (let length = 0; length < bytes.length; length += 7)
    assert.throws(() => decodeCheckpoint(bytes.subarray(0, length)), { code: 'CORRUPT_CHECKPOINT' })
  const changed = (from: string, to: string): Uint8Array => Buffer.from(Buffer.from(bytes).toString().replace(from, to))
  assert.throws(
    () => decodeCheckpoint(changed('"slideMs":1000', '"slideMs":"x"')),
    /graph\.nodes\[0\]\.slideMs should be a whole number above 0/,
  )
  assert.throws(
    () => decodeCheckpoint(changed('"parents":[0]', '"parents":[7]')),
    /graph\.nodes\[1\]\.parents should be ids of nodes before it, and is 7/,
  )
  assert.throws(() => decodeCheckpoint(changed('"name":"map"', '"name":"mop"')), { code: 'CORRUPT_CHECKPOINT' })
})

test('a checkpoint of a later version is refused as such', () => {
  const later = Buffer.from(Buffer.from(bytes).toString().replace('"version":1', '"version":2'))
  assert.throws(() => decodeCheckpoint(later), { code: 'CHECKPOINT_VERSION' })
})

test('no text makes the reader do anything but answer or refuse', () =>
  fc.assert(
    fc.property(fc.json(), text => {
      try {
        decodeCheckpoint(Buffer.from(text))
      } catch (error) {
        assert.match((error as { code?: string }).code ?? '', /^(CORRUPT_CHECKPOINT|CHECKPOINT_VERSION)$/)
      }
    }),
  ))
