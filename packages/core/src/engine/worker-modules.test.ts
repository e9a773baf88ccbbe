import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'

test('the page of engines, which every worker loads, loads neither a parser nor the API of programs', async () => {
  const loaded: string[] = []
  registerHooks({
    load(url, context, nextLoad) {
      loaded.push(url)
      return nextLoad(url, context)
    },
  })
  await import('./index.ts')
  assert.ok(loaded.some(url => url.endsWith('/closures/instantiate.ts')))
  assert.deepEqual(
    loaded.filter(url => /\/(acorn|eslint-scope)\/|\/closures\/capture\.ts|\/src\/(context|streaming)\//.test(url)),
    [],
  )
})
