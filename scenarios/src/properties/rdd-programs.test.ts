import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { TestContext } from '@dstream/core/engine-testing'
import { sharedEngines } from './engines.ts'
import { actionNames, operatorNames, programs, resultsOf } from './rdd-program.ts'
import { tried } from './settings.ts'

const { reference, local } = sharedEngines()
const contexts = { reference: new TestContext(reference), local: new TestContext(local) }
after(() => Promise.all(Object.values(contexts).map(context => context.engine.close())))

test('any program of datasets gives on both engines what plain arrays give', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async program => {
      const expected = program.runs.map(run => run.expected)
      for (const [engine, context] of Object.entries(contexts)) {
        const results = await resultsOf(program, context)
        const promised = results.map((result, i) => (expected[i] === undefined ? undefined : result))
        assert.deepEqual(promised, expected, `on the ${engine} engine`)
      }
    }),
    tried(200),
  )
})

test('the programs have every operator and every action in them', () => {
  const sample = fc.sample(programs, { numRuns: 1000, seed: 1 })
  const missing = (names: readonly string[], used: readonly string[]) => names.filter(name => !used.includes(name))
  assert.deepEqual(missing(operatorNames, sample.flatMap(program => program.operators)), []) // prettier-ignore
  assert.deepEqual(missing(actionNames, sample.flatMap(program => program.runs.map(run => run.action))), []) // prettier-ignore
})
