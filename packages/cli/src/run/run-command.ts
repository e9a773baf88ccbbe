import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { DStreamError } from '@dstream/core/errors'
import type { Talk } from '../talk.ts'
import { runArguments, runUsage } from './run-arguments.ts'
import { usualRestarts, type Ending } from './supervise-steps.ts'
import { supervise } from './supervisor.ts'

/** `dstream run`. Gives the exit code. */
export async function runCommand(argv: readonly string[], talk: Talk): Promise<number> {
  const request = runArguments(argv)
  if (request === 'help') return talk.out(runUsage.text)
  const { args, submitted, supervised } = request
  const program = programPath(request.program)
  const env = { ...process.env, DSTREAM_SUBMIT_ARGS: JSON.stringify(submitted) }
  const restarts = supervised ? usualRestarts : undefined
  return exitCodeOf(await supervise({ program, args, env }, { restarts }, talk.say))
}

/** @throws DStreamError PROGRAM_NOT_FOUND */
export function programPath(program: string): string {
  const path = resolve(program)
  if (existsSync(path)) return path
  throw new DStreamError('PROGRAM_NOT_FOUND', `There is no program ${path}`, {
    hint: 'Give the path of a module that Node can run, after the options of the command.',
  })
}

/** As a shell says it. */
export const exitCodeOf = ({ code, signal }: Ending): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal])
