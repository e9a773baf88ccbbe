import { spawn } from 'node:child_process'

/** A child process that did not end as it should. */
export class ChildFailed extends Error {
  readonly exitCode: number | null

  constructor(command: string, exitCode: number | null) {
    super(`${command} ended with code ${exitCode}`)
    this.exitCode = exitCode
  }
}

/** Runs a program and returns the JSON object on its last line of stdout. Its stderr is ours. */
export async function childLine(command: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  if (exitCode !== 0) throw new ChildFailed(command, exitCode)
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
}

/** Runs another of this package's programs, with the same Node and the same flags. */
export function ownLine(
  program: 'main' | 'floors/main' | 'recovery/program',
  args: readonly string[],
): Promise<Record<string, unknown>> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const file = new URL(`./${program}.${extension}`, import.meta.url).pathname
  return childLine(process.execPath, [...process.execArgv, file, ...args])
}
