import { spawn } from 'node:child_process'
import { root } from '../source-scan.ts'

export interface Ended {
  /** `null` when it was ended by a signal, or by us after `limitMs`. */
  readonly exitCode: number | null
  readonly stdout: string
  /** stdout and stderr as they came. */
  readonly output: string
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  /** It is ended after this many milliseconds, and its output says so. */
  readonly limitMs?: number
  /** Called with all of stdout so far whenever there is more; may send signals. */
  readonly onStdout?: (stdout: string, signal: (name: NodeJS.Signals) => void) => void
}

/** Runs a Node program of the repository (or of its dependencies) to its end. */
export async function runNode(
  args: readonly string[],
  { env = {}, limitMs = 15 * 60_000, onStdout }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), (output += text)))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  if (onStdout) child.stdout.on('data', () => onStdout(stdout, name => child.kill(name)))
  const limit = setTimeout(() => {
    output += `\nIt was ended after ${limitMs / 1000} s.\n`
    child.kill('SIGKILL')
  }, limitMs)
  const exitCode = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  clearTimeout(limit)
  return { exitCode, stdout, output }
}
