import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runArguments } from './run-arguments.ts'

const bin = join(import.meta.dirname, '../../../../dstream/bin/dstream.mjs')
const folder = mkdtempSync(join(tmpdir(), 'dstream-run-'))
after(() => rmSync(folder, { recursive: true }))

/** A program of these lines, in a file of its own. */
function program(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** The command in a process of its own; `onText` sees stdout as it comes. */
async function dstream(
  args: readonly string[],
  onText: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
) {
  // prettier-ignore
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  const child = spawn(process.execPath, ['--conditions=source', bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }) // prettier-ignore
  let out = ''
  let said = ''
  // Sooner than the runner ends the test, which cannot say what was written.
  const late = setTimeout(() => {
    said += 'It did not end within 50 s.'
    child.kill('SIGKILL')
  }, 50_000)
  child.stdout.setEncoding('utf8').on('data', (text: string) => onText((out += text), signal => child.kill(signal)))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as [number]
  clearTimeout(late)
  return { code, out, said }
}

test('with --supervise a program that is killed is started again, with its arguments, until it ends by itself', async () => {
  const path = program(
    'dies.mjs',
    `import { existsSync, writeFileSync } from 'node:fs'
     const mark = process.argv[2]
     console.log(process.argv.slice(3).join(' '))
     if (!existsSync(mark)) {
       writeFileSync(mark, '')
       process.kill(process.pid, 'SIGKILL')
     }`,
  )
  const { code, out, said } = await dstream(['run', '--supervise', path, join(folder, 'died'), '--supervise', 'x'])
  assert.equal(code, 0, said)
  assert.equal(out, '--supervise x\n--supervise x\n')
  assert.match(said, /^dstream: The driver ended by SIGKILL after [\d.]+ s: it is started again in [\d.]+ s\n$/)
})

test('SIGTERM goes on to the program, which is not started again; its exit code is that of the command', async () => {
  const path = program(
    'listens.mjs',
    `const alive = setInterval(() => {}, 1000)
     process.on('SIGTERM', () => (console.log('stopping'), clearInterval(alive), (process.exitCode = 7)))
     console.log('ready')`,
  )
  let told = false
  const { code, out } = await dstream(['run', '--supervise', path], (text, kill) => {
    if (text.includes('ready') && !told) kill('SIGTERM')
    told ||= text.includes('ready')
  })
  assert.equal(out, 'ready\nstopping\n')
  assert.equal(code, 7)
})

test('without --supervise a program that is killed has ended, with the exit code that a shell gives it', async () => {
  const { code, said } = await dstream(['run', program('killed.mjs', `process.kill(process.pid, 'SIGKILL')`)])
  assert.equal(code, 137)
  assert.equal(said, '')
})

test('settings of the command are weaker than those of the code and of the program’s own arguments, stronger than the file', async () => {
  const file = program('some.conf', 'spark.a file\nspark.b file\nspark.c file\nspark.d file\n')
  const path = program(
    'conf.mjs',
    `import { SparkConf } from ${JSON.stringify(join(import.meta.dirname, '../../../core/src/index.ts'))}
     const conf = new SparkConf().set('spark.d', 'code')
     console.log(['spark.a', 'spark.b', 'spark.c', 'spark.d', 'spark.master', 'spark.app.name'].map(key => conf.get(key)).join())`,
  )
  const given = ['--master', 'local[3]', '--conf=spark.b=command', '-c', 'spark.c=command', '-c', 'spark.d=command', '--properties-file', file, '--name=x'] // prettier-ignore
  const { out, said } = await dstream(['run', ...given, path, '--conf', 'spark.c=own'])
  assert.equal(said, '')
  assert.equal(out, 'file,command,own,code,local[3],x\n')
})

test('a wrong command line is an error with a hint and exit code 2, and nothing on stdout', async () => {
  const wrong: [string[], RegExp][] = [
    [[], /dstream needs a command\n {2}→ See dstream --help\.\n$/],
    [['walk'], /dstream has no command walk/],
    [['run'], /dstream run needs the program/],
    [['run', '--master'], /'--master <value>' argument missing/],
    [['run', '--fast', 'x.ts'], /Unknown option '--fast'/],
    [['run', '--conf', 'master=local', 'x.ts'], /--conf takes spark\.KEY=VALUE, not master=local/],
    [['run', join(folder, 'none.ts')], /There is no program .*none\.ts/],
  ]
  await Promise.all(
    wrong.map(async ([args, expected]) => {
      const { code, out, said } = await dstream(args)
      assert.deepEqual([code, out], [2, ''], args.join(' '))
      assert.match(said, expected)
    }),
  )
})

test('what stands behind the program is the program’s, also options, and -- ends those of the command', () => {
  assert.deepEqual(runArguments(['--supervise', 'a.ts', '--help', '-x']), {
    ...{ program: 'a.ts', args: ['--help', '-x'], submitted: [], supervised: true },
  })
  assert.deepEqual(runArguments(['--', '-odd.ts', 'y']), {
    ...{ program: '-odd.ts', args: ['y'], submitted: [], supervised: false },
  })
  assert.equal(runArguments(['-h', 'a.ts']), 'help')
})
