import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isNode, nameOf, root, sourcesIn, stringOf, visitAll } from '../../../../tools/src/source-scan.ts'
import type { AnyNode, Source } from '../../../../tools/src/source-scan.ts'
import { errorCodes } from './codes.ts'

const page = join(root, 'docs', 'errors.md')

/** docs/errors.md, made of the register. */
function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([code, { cause, cure }]) => `| \`${code}\` | ${cause} | ${cure} |`)
  return [
    '# Errors',
    '',
    'Every error that this system throws on purpose is a `DStreamError` with a `code` that never changes, a message with the values in it, and, where',
    'something can be done, a `hint` that says what. The user’s own error is its `cause`.',
    '',
    'This page is made of `packages/core/src/errors/codes.ts` (run `codes.test.ts` beside it with `UPDATE_DOCS=1`); a test holds both against the sources.',
    '',
    '| code | cause | cure |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

interface Use {
  readonly code: string
  readonly place: string
}

/** The codes given to constructors of errors: `new XError('CODE', …)`, and `super('CODE', …)` in a class. */
function codesIn(source: Source): Use[] {
  const uses: Use[] = []
  visitAll(source.program, node => {
    const isNewError = node.type === 'NewExpression' && nameOf(node['callee'])?.endsWith('Error') === true
    const isSuper = node.type === 'CallExpression' && isNode(node['callee']) && node['callee'].type === 'Super'
    if (!isNewError && !isSuper) return
    for (const literal of literalsOf((node['arguments'] as unknown[])[0])) {
      if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(literal))
        uses.push({ code: literal, place: `${source.path}:${source.lineOf(node)}` })
    }
  })
  return uses
}

/** The texts an argument may be: a literal, or either side of a condition. */
function literalsOf(argument: unknown): string[] {
  if (!isNode(argument)) return []
  const conditional = argument as AnyNode
  if (conditional.type === 'ConditionalExpression')
    return [...literalsOf(conditional['consequent']), ...literalsOf(conditional['alternate'])]
  const text = stringOf(argument)
  return text === undefined ? [] : [text]
}

const uses = sourcesIn(['packages/*/src', 'engines/*/src', 'connectors/*/src', 'dstream/src']).flatMap(codesIn)

test('every code that is thrown is in the register', () => {
  const missing = new Map(uses.filter(use => !(use.code in errorCodes)).map(use => [use.code, use.place]))
  const lines = [...missing].map(
    ([code, place]) => `  ${code}: entry('what happened', 'what to do'),   // thrown at ${place}`,
  )
  assert.ok(
    lines.length === 0,
    `Add to packages/core/src/errors/codes.ts (then run this test with UPDATE_DOCS=1):\n${lines.join('\n')}\n`,
  )
})

test('every code of the register is thrown somewhere', () => {
  const thrown = new Set(uses.map(use => use.code))
  const unused = Object.keys(errorCodes).filter(code => !thrown.has(code))
  assert.ok(unused.length === 0, `Remove from packages/core/src/errors/codes.ts, nothing throws: ${unused.join(', ')}`)
})

test('the register is in alphabetical order, its texts are sentences', () => {
  assert.deepEqual(Object.keys(errorCodes), Object.keys(errorCodes).toSorted())
  for (const [code, { cause, cure }] of Object.entries(errorCodes)) {
    for (const text of [cause, cure]) assert.match(text, /^[A-Z`][^|\n]*[.!]$/, code)
  }
})

test('docs/errors.md is what the register says', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, errorsPage())
  const found = readFileSync(page, 'utf8')
  const lacking = errorsPage().split('\n').filter(line => !found.includes(line)) // prettier-ignore
  assert.ok(
    found === errorsPage(),
    `Run this test with UPDATE_DOCS=1. Lines that docs/errors.md lacks:\n${lacking.join('\n')}\n`,
  )
})
