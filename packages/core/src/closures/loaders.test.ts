import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * The same small program under every loader that programs are run with. It captures in the main thread and calls in a worker; captured are
 * a function and a value of another module of its own, a built-in, a package, a class with a private field, `this` of an arrow function.
 */
const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../../..')
const index = pathToFileURL(join(here, 'index.ts')).href
const folder = mkdtempSync(join(here, '__fixtures__loaders-'))
after(() => rmSync(folder, { recursive: true }))

const typed = (ts: boolean, text: string): string => (ts ? text : '')

function library(ts: boolean, exported: string): string {
  const n = typed(ts, ': number')
  const s = typed(ts, ': string')
  return `
const separator = ' '
${exported} const tokenise = (line${s}) => line.split(separator)
${exported} class Money {
  #cents = 0
  constructor(cents${n}) { this.#cents = cents }
  plus(other${typed(ts, ': Money')}) { return new Money(this.#cents + other.#cents) }
  adder() { return (x${n}) => x + this.#cents }
  get cents() { return this.#cents }
}
`
}

/** Uses: `tokenise`, `Money`, `join`, `parse` (acorn), `closures` (the folder's index) are in scope. */
function program(ts: boolean): string {
  const any = typed(ts, ': any')
  return `
let limit = 2
const price = new Money(5)
const functions = {
  own: (line${any}) => tokenise(line).length + limit,
  builtin: (a${any}) => join(a, 'b'),
  package: (text${any}) => parse(text, { ecmaVersion: 2022 }).body.length,
  instance: (cents${any}) => price.plus(new Money(cents)).cents,
  arrow: price.adder(),
  method: { twice(x${any}) { return x * limit } }.twice,
  dynamic: async (p${any}) => (await import('node:path')).basename(p),
}
const inputs = { own: 'a b c', builtin: 'a', package: '1;2', instance: 3, arrow: 4, method: 4, dynamic: '/x/y' }
function captured() {
  const tasks${any} = []
  for (const [name, f] of Object.entries(functions)) {
    const closure = closures.capture(f${typed(ts, ' as any')}, { operator: 'map', async: 'allowed' })
    tasks.push({ name, closure, input: (inputs${any ? ' as any' : ''})[name] })
  }
  try {
    closures.capture((() => socket)${typed(ts, ' as any')}, { operator: 'map', async: 'refused' })
  } catch (error) {
    tasks.push({ name: 'refused', text: (error${typed(ts, ' as any')}).code + ' ' + (error${typed(ts, ' as any')}).variable.length })
  }
  return tasks
}
const socket = new Socket()
`
}

const imports = (lib: string): string => `
import { join } from 'node:path'
import { Socket } from 'node:net'
import { parse } from 'acorn'
import { tokenise, Money } from '${lib}'
import * as closures from '${index}'
`
const required = `
const { join } = require('node:path')
const { Socket } = require('node:net')
const { parse } = require('acorn')
const { tokenise, Money } = require('./library.cjs')
`

const worker = `
import { parentPort, workerData } from 'node:worker_threads'
import { Instantiator } from '${index}'
const answers = {}
for (const { name, closure, input, text } of workerData) {
  if (text) { answers[name] = text; continue }
  try {
    const instantiator = new Instantiator()
    await instantiator.prepare([closure])
    answers[name] = await instantiator.instantiate(closure)(input)
  } catch (error) { answers[name] = error.stack }
}
parentPort.postMessage(answers)
`
const start = `
const { Worker } = process.getBuiltinModule('node:worker_threads')
const answer = tasks => new Promise((resolve, reject) => {
  const thread = new Worker(${JSON.stringify(join(folder, 'worker.mjs'))}, { workerData: tasks, execArgv: ['--conditions=source'] })
  thread.once('message', resolve)
  thread.once('error', reject)
})
`
const run = `answer(captured()).then(answers => console.log('ANSWERS' + JSON.stringify(answers)))\n`

writeFileSync(join(folder, 'worker.mjs'), worker)
writeFileSync(join(folder, 'library.mjs'), library(false, 'export'))
writeFileSync(join(folder, 'library.cjs'), library(false, '') + 'module.exports = { tokenise, Money }\n')
writeFileSync(join(folder, 'library.ts'), library(true, 'export'))
writeFileSync(join(folder, 'main.mjs'), imports('./library.mjs') + program(false) + start + run)
writeFileSync(
  join(folder, 'main.ts'),
  imports('./library.ts') + program(true) + start.replace('tasks =>', '(tasks: any) =>') + run,
)
writeFileSync(
  join(folder, 'main.cjs'),
  `${required}import('${index}').then(closures => {\n${program(false)}${start}${run}})\n`,
)
writeFileSync(
  join(folder, 'main.vitest.test.ts'),
  `import { test } from 'vitest'\n${imports('./library.ts')}${program(true)}${start.replace('tasks =>', '(tasks: any) =>')}
import { writeFileSync } from 'node:fs'
test('runs', async () => writeFileSync(${JSON.stringify(join(folder, 'vitest.txt'))}, 'ANSWERS' + JSON.stringify(await answer(captured()))))\n`,
)

const wanted = { own: 5, builtin: 'a/b', package: 2, instance: 8, arrow: 9, method: 8, dynamic: 'y' }

function check(output: string): void {
  const line = output.split('\n').find(l => l.startsWith('ANSWERS'))
  assert.ok(line, output)
  const { refused, ...answers } = JSON.parse(line.slice('ANSWERS'.length)) as Record<string, unknown>
  assert.deepEqual(answers, wanted)
  assert.match(String(refused), /^TASK_NOT_SERIALIZABLE [1-9]/)
}

const output = (args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const environment = { ...process.env }
    delete environment['NODE_TEST_CONTEXT']
    const options = { cwd: root, env: environment, timeout: 60_000 }
    execFile(process.execPath, ['--conditions=source', ...args], options, (error, stdout, stderr) =>
      error ? reject(new Error(`${stdout}\n${stderr}`)) : resolve(stdout),
    )
  })

const installed = (tool: string): { skip: string | false } => ({
  skip: existsSync(join(root, 'node_modules', tool)) ? false : `${tool} is not installed`,
})
const tool = (path: string): string => join(root, 'node_modules', path)

async function bundled(name: string, options: object): Promise<string> {
  const { build } = (await import(pathToFileURL(tool('esbuild/lib/main.js')).href)) as {
    build: (o: object) => Promise<unknown>
  }
  const outfile = join(folder, name)
  const common = { bundle: true, platform: 'node', outfile, external: ['acorn', index], logLevel: 'silent' }
  await build({ entryPoints: [join(folder, 'main.ts')], ...common, format: 'esm', ...options })
  return outfile
}

test('ES modules', async () => check(await output([join(folder, 'main.mjs')])))
test('CommonJS', async () => check(await output([join(folder, 'main.cjs')])))
test('type stripping', async () => check(await output([join(folder, 'main.ts')])))
test('with --inspect', async () => check(await output(['--inspect=0', join(folder, 'main.mjs')])))
test('with source maps enabled', async () => check(await output(['--enable-source-maps', join(folder, 'main.ts')])))
test('tsx', installed('tsx'), async () => check(await output(['--import', 'tsx', join(folder, 'main.ts')])))
test('an esbuild bundle', installed('esbuild'), async () => check(await output([await bundled('bundle.mjs', {})])))
test('a minified esbuild bundle', installed('esbuild'), async () =>
  check(await output([await bundled('small.mjs', { minify: true, sourcemap: true })])),
)
test('vitest', installed('vitest'), async () => {
  await output([tool('vitest/vitest.mjs'), 'run', '--root', folder, 'main.vitest.test.ts'])
  check(readFileSync(join(folder, 'vitest.txt'), 'utf8'))
})
