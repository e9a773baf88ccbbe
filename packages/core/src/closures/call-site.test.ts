import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { callSite } from './call-site.ts'

const { prepareStackTrace } = Error
afterEach(() => void (Error.prepareStackTrace = prepareStackTrace))

/** The site while stack traces are made so. */
function siteWhile(prepare: typeof Error.prepareStackTrace): string {
  Error.prepareStackTrace = prepare
  return callSite()
}

test('where a loader maps stack traces by itself, the site is where it says', () => {
  const site = siteWhile(
    (error, [frame]) => `${error.name}\n    at ${frame?.getFunctionName()} (/project/count.test.ts:7:3)`,
  )
  assert.equal(site, '/project/count.test.ts:7:3')
})

test('stack traces that a program has made into something else do not matter', () => {
  for (const prepare of [
    () => [],
    () => 'somewhere',
    () => {
      throw new Error('never')
    },
  ])
    assert.match(siteWhile(prepare), /call-site\.test\.ts:11:10$/)
})
