import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../until.ts'

const program = fileURLToPath(new URL('program.ts', import.meta.url))

/** A program that takes so long to end hangs. */
const patienceMs = 120_000

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

const linesOf = (path: string): number[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(line => line !== '').map(Number) : [] // prettier-ignore

/** Runs the program; when `enough` is written down, sends it a signal; and a second one when it says that it is still stopping. */
async function run(
  directory: string,
  mode: 'quick' | 'hangs' | 'files',
  gracefully: boolean,
  enough: () => boolean,
  twice = false,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=source', program, directory, mode, String(gracefully)])
  const text = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk))
  const said = (): string => `The program has said: ${text.stdout}${text.stderr}`
  const closed = once(child, 'close') as Promise<[number | null, string | null]>
  let gone = false
  void closed.then(() => (gone = true))
  let hang: NodeJS.Timeout | undefined
  try {
    await until('the program has put out enough', () => gone || enough(), said)
    child.kill('SIGTERM')
    if (twice) await until('the program is stopping', () => gone || text.stdout.includes('still stopping\n'), said)
    if (twice) child.kill('SIGTERM')
    hang = setTimeout(() => {
      text.stderr += `It did not end within ${patienceMs / 1000} s.`
      child.kill('SIGKILL')
    }, patienceMs)
    const [code, signal] = await closed
    return { code, signal, ...text }
  } finally {
    clearTimeout(hang)
    child.kill('SIGKILL')
  }
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
    const ended = await run(directory, 'quick', true, () => linesOf(`${directory}/out`).length > 100)
    assert.deepEqual([ended.code, ended.signal, ended.stderr], [0, null, ''])
    assert.match(ended.stdout, /^started\nstopping\n(?:still stopping\n)?stopped after \d+ ms\n$/)
    // By the program's own clock; it may run a minute.
    const [, ms] = /after (\d+) ms/.exec(ended.stdout)!
    assert.ok(Number(ms) < 60_000, `${ms} ms`)
    const sent = linesOf(`${directory}/acknowledged`)
    assert.deepEqual(linesOf(`${directory}/out`).toSorted((a, b) => a - b), sent) // prettier-ignore
  }))

test('a second signal stops a stop that hangs, at once; what was acknowledged comes out of the log after a restart', () =>
  within(async directory => {
    let atHang: number | undefined
    const moreThanAtHang = (): boolean => {
      if (!existsSync(`${directory}/hangs`)) return false
      const acknowledged = linesOf(`${directory}/acknowledged`).length
      return acknowledged > (atHang ??= acknowledged) + 20
    }
    const ended = await run(directory, 'hangs', true, moreThanAtHang, true)
    // Nothing else ends it: by itself it would hang for an hour.
    assert.equal(ended.signal, 'SIGTERM', ended.stderr)
    assert.match(ended.stdout, /^started\nstopping\nstill stopping\n/)
    const sent = linesOf(`${directory}/acknowledged`)
    const last = sent.at(-1)!
    const second = await run(directory, 'hangs', true, () => linesOf(`${directory}/out`).includes(last))
    assert.equal(second.code, 0, second.stderr)
    const out = new Set(linesOf(`${directory}/out`))
    assert.deepEqual(linesOf(`${directory}/acknowledged`).filter(block => !out.has(block)), []) // prettier-ignore
  }))

test('a signal that nobody asked to be graceful stops at once: the process ends by the signal, no file is half written', () =>
  within(async directory => {
    const batches = (): string[] => (existsSync(`${directory}/out`) ? readdirSync(`${directory}/out`) : [])
    const ended = await run(directory, 'files', false, () => batches().length > 3)
    assert.equal(ended.signal, 'SIGTERM', ended.stderr)
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
