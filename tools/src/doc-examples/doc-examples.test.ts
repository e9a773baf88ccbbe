import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examplesOfMarkdown, examplesOfSource } from './extract.ts'
import { programOf } from './program.ts'

const example = (code: string) => ({ file: 'packages/core/src/time/duration.ts', line: 1, code, run: true })
const nothing = () => undefined

test('a Markdown block is found with its line; fragments and other languages are not', () => {
  const text = 'Text\n\n```ts run\nf()\n```\n\n```sh\nls\n```\n\n```ts fragment\nf(): void\n```\n'
  assert.deepEqual(examplesOfMarkdown('README.md', text), [{ file: 'README.md', line: 4, code: 'f()\n', run: true }])
})

test('an @example is found on its own line and on the lines below, up to the next tag', () => {
  const text = `/** One. @example f(1) // => 2 */\n/**\n * Two.\n * @example\n * f(2)\n *   .g()\n * @see h\n */\n`
  assert.deepEqual(
    examplesOfSource('a.ts', text).map(({ line, code }) => [line, code]),
    [
      [1, ' f(1) // => 2\n'],
      [5, 'f(2)\n  .g()\n'],
    ],
  )
})

test('a result is compared with the expression, the declared name or the error before it', () => {
  const { toRun = '' } = programOf(
    example("1 + 1 // => 2\nconst a: string = 'x' // => 'x'\nf() // => throws NO_OUTPUT\n"),
    nothing,
  )
  assert.match(toRun, /__is\(async \(\) => \(1 \+ 1\), \{ value: \(2\) \}\)/)
  assert.match(toRun, /__is\(async \(\) => a, \{ value: \('x'\) \}\)/)
  assert.match(toRun, /__is\(async \(\) => \(f\(\)\), \{ throws: 'NO_OUTPUT' \}\)/)
})

test('a result that is no value is refused', () => {
  assert.throws(() => programOf(example('f() // => some words'), nothing))
})

test('names come from where they are exported; the cast is declared and makes it compile only', () => {
  const program = programOf(example('ssc.start(Seconds(1)) // => 1\n'), name =>
    name === 'Seconds' ? 'dstream' : undefined,
  )
  assert.match(program.toCompile, /import \{ Seconds \} from 'dstream'/)
  assert.match(program.toCompile, /declare const ssc: import\('dstream'\)\.StreamingContext/)
  assert.equal(program.toRun, undefined)
})

const page = (code: string) => ({ ...example(code), file: 'docs/a.md' })

test('a block of a page that is to be run and uses what nobody introduces is refused; words between quotes and members are no names', () => {
  assert.throws(() => programOf(page("log.info('a')\n"), nothing), /'log'/)
  assert.ok(programOf(page("'log' // => 'log'\n"), nothing).toRun)
  assert.ok(programOf(page("console.log('a')\n"), nothing).toRun)
})

test('a block of a page that is to be run is run also without a result', () => {
  assert.match(programOf(page("console.log('a')\n"), nothing).toRun ?? '', /console\.log\('a'\)/)
})

test('a block of a page gets the streams that it uses or declares from the stage, which runs those it names', () => {
  const code = 'declare const dstream: DStream<string>\nconst both = dstream.union(words)\n'
  const { toRun = '' } = programOf(page(code), nothing)
  assert.match(toRun, /const \{ play: __play, words, dstream \} = __stage\(\)/)
  assert.match(toRun, /await __play\(\[both\]\)/)
})

test('a block of a page that makes its own context is stopped', () => {
  const { toRun = '' } = programOf(page('const ssc = new StreamingContext(sc, Seconds(1))\n'), nothing)
  assert.match(toRun, /await __leave\(\[ssc\], sc\)/)
})
