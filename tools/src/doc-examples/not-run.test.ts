import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byReason } from '../check/outcome.ts'
import { examplesOfMarkdown } from './extract.ts'
import { notRunInDocstrings, notRunInPage } from './not-run.ts'
import { programOf } from './program.ts'

const block = (opening: string) => `${opening}\nf()\n\`\`\`\n`
const inPage = (text: string, file = 'docs/a.md') => notRunInPage(file, text)

test('a block that is neither run nor says why is named with its file and line', () => {
  const { notRun, breaches } = inPage(`One.\n\n${block('```ts run')}\n${block('```ts')}`)
  assert.deepEqual(notRun, [])
  assert.equal(breaches.length, 1)
  assert.match(breaches[0] ?? '', /^docs\/a\.md:7 is not run and does not say why/)
})

test('a block that says why it is not run is listed with its reason', () => {
  assert.deepEqual(inPage(block('```ts no-run="needs a Redis server"')), {
    notRun: [{ place: 'docs/a.md:1', reason: 'needs a Redis server' }],
    breaches: [],
  })
})

test('a reason of no words is none', () => {
  assert.equal(inPage(block('```ts no-run=""')).breaches.length, 1)
  assert.equal(inPage(block('```ts no-run=" "')).breaches.length, 1)
})

test('a block is not run and excused at once', () => {
  assert.match(inPage(block('```ts run no-run="is slow"')).breaches[0] ?? '', /is run and says why it is not/)
})

test('the word run within a reason does not make a block run', () => {
  const text = block('```ts no-run="would run for ever"')
  assert.equal(inPage(text).notRun.length, 1)
  assert.equal(examplesOfMarkdown('docs/a.md', text)[0]?.run, false)
})

test('a fragment is explained in the API reference only', () => {
  assert.equal(inPage(block('```ts fragment'), 'docs/api/a.md').notRun.length, 1)
  assert.equal(inPage(block('```ts fragment')).breaches.length, 1)
  assert.equal(inPage(block('```ts fragment no-run="a signature"')).notRun.length, 1)
})

test('code cannot hide behind another name of the language, an indent or another fence', () => {
  for (const opening of ['```js', '```typescript', '  ```ts run', '> ```ts run', '~~~ts run'])
    assert.equal(inPage(block(opening)).breaches.length, 1, opening)
  assert.deepEqual(inPage(block('```sh') + block('```')), { notRun: [], breaches: [] })
})

test('a fence that is shown within a block is not a block', () => {
  assert.deepEqual(inPage(`\`\`\`\`md\n${block('```ts')}\`\`\`\`\n`), { notRun: [], breaches: [] })
})

test('an example of a docstring that is compiled only is listed with the reason that keeps it from running', () => {
  const programs = ['ssc.start()\n', 'f()\n', '1 + 1 // => 2\n'].map((code, line) =>
    programOf({ file: 'packages/a.ts', line, code, run: true }, () => undefined),
  )
  assert.deepEqual(notRunInDocstrings(programs), [
    { place: 'packages/a.ts:0', reason: '@example uses names that it does not make' },
    { place: 'packages/a.ts:1', reason: '@example states no result' },
  ])
})

test('what is not run is summed up in one line for each reason', () => {
  assert.deepEqual(byReason('not run', ['a.md:1: needs a server', 'a.md:9: never ends', 'b.md:2: needs a server']), [
    'not run (2): needs a server: a.md:1, b.md:2',
    'not run (1): never ends: a.md:9',
  ])
})
