import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { planting, type Planted } from '@dstream/tools/planting'
import type { SeedOutcome } from './simulate-seed.ts'

/** Real time in ms after which a process that says nothing is given up: a broken program may go round in circles. */
const silenceMs = 180_000

export interface SeedRange {
  readonly first: number
  readonly count: number
  /** Every so many seeds. Default 1. */
  readonly step?: number
  readonly planted?: readonly Planted[]
}

/** Simulates seeds in a process of their own, and gives each outcome as it comes. @throws Error when the process fails */
export async function* inProcess(range: SeedRange): AsyncGenerator<SeedOutcome> {
  const { first, count, step = 1, planted = [] } = range
  const { args, env } = planting(planted)
  const child = spawn(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', '--conditions=source', ...args],
      ...[join(import.meta.dirname, 'run-seeds.ts'), String(first), String(count), String(step)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  let silence = setTimeout(() => child.kill('SIGKILL'), silenceMs)
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      clearTimeout(silence)
      silence = setTimeout(() => child.kill('SIGKILL'), silenceMs)
      yield JSON.parse(line) as SeedOutcome
    }
  } finally {
    clearTimeout(silence)
    // Who has seen enough does not read on.
    if (child.exitCode === null) child.kill('SIGKILL')
  }
  const exitCode = await ended
  if (exitCode !== 0) throw new Error(`The seeds from ${first} on ended with exit code ${exitCode}: ${said}`)
}
