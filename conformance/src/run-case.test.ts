import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Case } from './cases.ts'
import { Contexts } from './contexts.ts'
import { runCase } from './run-case.ts'
import { within } from './within.ts'

const contexts = new Contexts('local[1]')
const base = { id: 'x', theme: 'time' }

test('a case of an unknown kind, or with an unknown field, is not run, and the reason names it', async () => {
  assert.match((await runCase({ ...base, kind: 'graph' }, contexts, 1000)).skipped ?? '', /graph/)
  const strange = { ...base, kind: 'time', exprs: [], speed: 3 } as Case
  assert.match((await runCase(strange, contexts, 1000)).skipped ?? '', /speed/)
})

test('a case that lacks what its kind needs is an error, not a skip', async () => {
  const { error, skipped } = await runCase({ ...base, kind: 'time' }, contexts, 1000)
  assert.match(error?.message ?? '', /exprs/)
  assert.equal(skipped, undefined)
})

test('what an operation throws is its result, with message and code', async () => {
  const c: Case = {
    ...base,
    kind: 'time',
    exprs: [
      ['Duration.isMultipleOf', 1, 0],
      ['Seconds', 2],
    ],
  }
  const { results } = await runCase(c, contexts, 1000)
  assert.deepEqual((results as unknown[])[1], { value: 2000 })
  assert.equal((results as { error: { code: string } }[])[0]?.error.code, 'DIVISION_BY_ZERO')
})

test('what does not end in time is given up with an error that says what it was', async () => {
  await assert.rejects(within(new Promise(() => {}), 1, 'The case'), /The case did not end within 1 ms/)
  assert.equal(await within(Promise.resolve(5), 1000, 'It'), 5)
})
