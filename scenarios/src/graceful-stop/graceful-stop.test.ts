import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('program.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

const linesOf = (path: string): number[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(line => line !== '').map(Number) : [] // prettier-ignore

/** Runs the program; when `enough` is written down, sends it the signals, so many milliseconds apart. */
async function run(
  directory: string,
  mode: 'quick' | 'hangs' | 'files',
  gracefully: boolean,
  enough: () => boolean,
  signals: readonly number[],
): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=source', program, directory, mode, String(gracefully)], {
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()))
  const closed = once(child, 'close') as Promise<[number | null, string | null]>
  let gone = false
  void closed.then(() => (gone = true))
  while (!gone && !enough()) await new Promise(resolve => setTimeout(resolve, 20))
  const beganMs = performance.now()
  for (const ms of signals) {
    await new Promise(resolve => setTimeout(resolve, ms))
    child.kill('SIGTERM')
  }
  const [code, signal] = await closed
  return { code, signal, ...text, ms: performance.now() - beganMs }
}

async function within(f: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'dstream-stop-'))
  try {
    await f(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

test('a signal under load, gracefully: everything that was acknowledged comes out, once, within the deadline, and the program ends by itself', () =>
  within(async directory => {
    const ended = await run(directory, 'quick', true, () => linesOf(`${directory}/out`).length > 100, [0])
    assert.deepEqual([ended.code, ended.signal, ended.stderr], [0, null, ''])
    assert.equal(ended.stdout, 'started\nstopped\n')
    assert.ok(ended.ms < 10_000, `${ended.ms} ms`)
    const sent = linesOf(`${directory}/acknowledged`)
    assert.deepEqual(linesOf(`${directory}/out`).toSorted((a, b) => a - b), sent) // prettier-ignore
  }))

test('a second signal stops a stop that hangs, at once; what was acknowledged comes out of the log after a restart', () =>
  within(async directory => {
    const ended = await run(directory, 'hangs', true, () => existsSync(`${directory}/hangs`), [1000, 400])
    assert.equal(ended.signal, 'SIGTERM', ended.stderr)
    assert.ok(ended.ms < 1400 + 5000, `${ended.ms} ms`)
    const sent = linesOf(`${directory}/acknowledged`)
    const last = sent.at(-1)!
    const second = await run(directory, 'hangs', true, () => linesOf(`${directory}/out`).includes(last), [0])
    assert.equal(second.code, 0, second.stderr)
    const out = new Set(linesOf(`${directory}/out`))
    assert.deepEqual(linesOf(`${directory}/acknowledged`).filter(block => !out.has(block)), []) // prettier-ignore
  }))

test('a signal that nobody asked to be graceful stops at once: the process ends by the signal, no file is half written', () =>
  within(async directory => {
    const batches = (): string[] => (existsSync(`${directory}/out`) ? readdirSync(`${directory}/out`) : [])
    const ended = await run(directory, 'files', false, () => batches().length > 3, [0])
    assert.equal(ended.signal, 'SIGTERM', ended.stderr)
    assert.ok(ended.ms < 6000, `${ended.ms} ms`)
    for (const batch of batches()) {
      const files = readdirSync(`${directory}/out/${batch}`)
      if (!files.includes('_SUCCESS')) continue
      for (const file of files.filter(name => name.startsWith('part-')))
        assert.match(readFileSync(`${directory}/out/${batch}/${file}`, 'utf8'), /^(?:\d+\n)*$/)
    }
    const numbers = batches().flatMap(
      batch =>
      readdirSync(`${directory}/out/${batch}`).filter(name => name.startsWith('part-')).flatMap(name => linesOf(`${directory}/out/${batch}/${name}`)), // prettier-ignore
    )
    assert.equal(numbers.length % 100, 0)
  }))
