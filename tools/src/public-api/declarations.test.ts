import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportsOf } from './declarations.ts'

const declarations = (text: string, name: string) => {
  const found = exportsOf(text).get(name)
  return found?.kind === 'declared' ? found.declarations : undefined
}

test('a class is shown with its public members, without comments and private ones', () => {
  const text = `/** A length. */
export declare class Duration {
    #private;
    private constructor();
    /** In ms; { not a brace */
    readonly milliseconds: number;
    plus(that: Duration): Duration;
}
declare const hidden: number;
`
  assert.deepEqual(declarations(text, 'Duration'), [
    'class Duration {\n  readonly milliseconds: number;\n  plus(that: Duration): Duration;\n}',
  ])
  assert.deepEqual([...exportsOf(text).keys()], ['Duration'])
})

test('overloads are all shown', () => {
  const text = 'export declare function f(a: string): void;\nexport declare function f(a: number): void;\n'
  assert.equal(declarations(text, 'f')?.length, 2)
})

test('a type with functions, braces and texts in it ends where it ends', () => {
  const text = `export type Event = {\n    readonly type: 'a;}';\n} | (<T>(x: T) => void);\nexport type Next = 1;\n`
  assert.deepEqual([...exportsOf(text).keys()], ['Event', 'Next'])
})

test('names taken from elsewhere keep where they come from', () => {
  const text = `import { Seconds } from './duration.ts';\nexport { Time, type Clock as Watch } from '@dstream/core';\nexport { Seconds };\n`
  assert.deepEqual(Object.fromEntries(exportsOf(text)), {
    Time: { kind: 'from', module: '@dstream/core', name: 'Time' },
    Watch: { kind: 'from', module: '@dstream/core', name: 'Clock' },
    Seconds: { kind: 'from', module: './duration.ts', name: 'Seconds' },
  })
})

test('what is declared first and exported at the end is shown', () => {
  assert.deepEqual(declarations('declare class A {\n}\nexport { A };\n', 'A'), ['class A {\n}'])
})
