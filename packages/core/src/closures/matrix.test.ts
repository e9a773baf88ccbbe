import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { capture, TaskNotSerializableError, type AnyFunction } from './index.ts'

/** Every row of the tables in docs/closures.md is a test: the page and what happens cannot drift apart. */
interface Row {
  readonly kind: string
  readonly example: string
  readonly travels?: { readonly call: string; readonly answer: string }
  readonly refused?: string
}

const here = dirname(fileURLToPath(import.meta.url))
const page = readFileSync(join(here, '../../../../docs/closures.md'), 'utf8')
const rows: Row[] = page
  .split('\n')
  .filter(line => /^\| .*\| (travels|refused): /.test(line))
  .map(line => {
    const [kind = '', example = '', outcome = ''] = line
      .replaceAll('\\|', '\u0000')
      .split('|')
      .slice(1, 4)
      .map(cell => cell.trim().replaceAll('\u0000', '|'))
    const [, call, answer] = /^travels: `(.*)` is `(.*)`$/.exec(outcome) ?? []
    const refused = /^refused: `(.*)`$/.exec(outcome)?.[1]
    const row = { kind, example: example.slice(1, -1) }
    if (call !== undefined && answer !== undefined) return { ...row, travels: { call, answer } }
    assert.ok(refused, `the outcome of "${kind}" reads like the others`)
    return { ...row, refused }
  })

const own = `export const separator = ' '\nexport const tokenise = line => line.split(separator)\nexport const unused = new WeakMap()\n`
const worker = (index: string): string => `
import { parentPort } from 'node:worker_threads'
import { isDeepStrictEqual, inspect } from 'node:util'
import { Instantiator } from '${index}'
const instantiator = new Instantiator()
const Evaluator = (async () => {}).constructor
parentPort.on('message', async ({ closure, call, answer }) => {
  try {
    await instantiator.prepare([closure])
    const f = instantiator.instantiate(closure)
    const got = await new Evaluator('f', 'return ' + call)(f)
    const wanted = await new Evaluator('return ' + answer)()
    parentPort.postMessage(isDeepStrictEqual(got, wanted) ? 'equal' : inspect(got))
  } catch (error) {
    parentPort.postMessage(String(error.stack))
  }
})
`

describe('docs/closures.md', () => {
  const index = pathToFileURL(join(here, 'index.ts')).href
  const folder = mkdtempSync(join(here, '__fixtures__matrix-'))
  let examples: readonly (() => AnyFunction)[] = []
  let thread: Worker

  before(async () => {
    const head = [
      `import path, { join } from 'node:path'`,
      `import * as util from 'node:util'`,
      `import net from 'node:net'`,
      `import { parse as parseScript } from 'acorn'`,
      `import { tokenise } from './own.mjs'`,
      `import * as own from './own.mjs'`,
      `import { perWorker } from '${index}'`,
      `const parse = text => parseScript(text, { ecmaVersion: 2022 })`,
    ]
    const bodies = rows.map(row => `export const row${rows.indexOf(row)} = () => { ${row.example} }`)
    writeFileSync(join(folder, 'own.mjs'), own)
    writeFileSync(join(folder, 'examples.mjs'), [...head, ...bodies].join('\n'))
    writeFileSync(join(folder, 'worker.mjs'), worker(index))
    const module = (await import(pathToFileURL(join(folder, 'examples.mjs')).href)) as Record<string, () => AnyFunction>
    examples = rows.map((_row, i) => module[`row${i}`] as () => AnyFunction)
    thread = new Worker(join(folder, 'worker.mjs'))
  })
  after(async () => {
    await thread.terminate()
    rmSync(folder, { recursive: true })
  })

  test('the tables were found', () => assert.ok(rows.length > 80, String(rows.length)))

  rows.forEach((row, i) => {
    test(`${row.kind}: ${row.travels ? 'travels' : 'refused'}`, async () => {
      const f = (examples[i] as () => AnyFunction)()
      const captured = (): unknown => capture(f, { operator: 'map', async: 'allowed' })
      if (row.refused !== undefined) {
        assert.throws(
          captured,
          error => error instanceof TaskNotSerializableError && error.message.includes(row.refused as string),
        )
        return
      }
      thread.postMessage({ closure: captured(), ...row.travels })
      const answer = await new Promise(resolve => thread.once('message', resolve))
      assert.equal(answer, 'equal')
    })
  })
})
