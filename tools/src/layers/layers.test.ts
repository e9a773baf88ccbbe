import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importsOf, layerBreaches } from './layers.ts'

const core = (path: string) => `packages/core/src/${path}`

test('an import to the left is fine, one to the right is told with file, line and reason', () => {
  assert.deepEqual(layerBreaches(core('rdd/rdd.ts'), `import { keyEquals } from '../codec/index.ts'`), [])
  assert.deepEqual(layerBreaches(core('codec/keys.ts'), `\nimport type { RddNode } from '../rdd/plan/node.ts'`), [
    'packages/core/src/codec/keys.ts:2 imports ../rdd/plan/node.ts: codec must not see rdd',
  ])
})

test('folders of one layer do not see each other, but closures see codec', () => {
  assert.equal(layerBreaches(core('storage/disk.ts'), `import { capture } from '../closures/index.ts'`).length, 1)
  assert.deepEqual(layerBreaches(core('closures/values.ts'), `import { keyEquals } from '../codec/index.ts'`), [])
})

test('a dynamic import, a type import, a re-export and a bare import all count', () => {
  const text = [
    `import type { A } from './a.ts'`,
    `export { B } from './b.ts'`,
    `import './c.ts'`,
    `const d = await import('./d.ts')`,
  ].join('\n')
  assert.deepEqual(importsOf(text), [
    { specifier: './a.ts', line: 1 },
    { specifier: './b.ts', line: 2 },
    { specifier: './c.ts', line: 3 },
    { specifier: './d.ts', line: 4 },
  ])
})

test('an import that is only an example in a comment does not count', () => {
  assert.deepEqual(importsOf(`/**\n * import { Seconds } from 'dstream'\n */`), [])
})

test('an import over several lines counts, at the line of its module', () => {
  assert.deepEqual(importsOf(`import {\n  A,\n  B,\n} from './a.ts'`), [{ specifier: './a.ts', line: 4 }])
})

test('an engine sees the seam, and nothing of streaming by a path', () => {
  assert.deepEqual(layerBreaches('engines/local/src/run.ts', `import type { Job } from '@dstream/core/engine'`), [])
  assert.equal(
    layerBreaches('engines/local/src/run.ts', `import { x } from '../../../packages/core/src/streaming/x.ts'`).length,
    1,
  )
  assert.equal(layerBreaches('engines/local/src/run.ts', `import { x } from '@dstream/core/testing'`).length, 1)
})

test('conformance sees the public API only', () => {
  assert.deepEqual(layerBreaches('conformance/src/run.ts', `import { ManualClock } from 'dstream/testing'`), [])
  assert.equal(layerBreaches('conformance/src/run.ts', `import { RDD } from '@dstream/core'`).length, 1)
})

test('a new folder of core must be given a place', () => {
  assert.match(
    layerBreaches(core('things/a.ts'), `import { b } from '../codec/b.ts'`)[0] ?? '',
    /no place among the layers/,
  )
})

test('a test may use the test kits, whatever the layer; what is shipped may not', () => {
  const text = `import { referenceEngine } from '../engine/testing/reference-engine.ts'`
  assert.deepEqual(layerBreaches(core('rdd/rdd.test.ts'), text), [])
  assert.equal(layerBreaches(core('rdd/rdd.ts'), text).length, 1)
})
