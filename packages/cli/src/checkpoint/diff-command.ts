import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CheckpointDiff } from '@dstream/core'
import { DStreamError } from '@dstream/core/errors'
import { programPath } from '../run/run-command.ts'
import type { Talk } from '../talk.ts'
import { parsing, wrongUsage, type Usage } from '../usage.ts'
import { diffText } from './diff-text.ts'
import { asJson } from './text.ts'

const usage: Usage = {
  command: 'dstream checkpoint diff',
  text: `Usage: dstream checkpoint diff [--json] DIRECTORY PROGRAM [arguments of the program]

Says what would come of starting PROGRAM from the checkpoint in DIRECTORY: what of its streams would be kept, changed,
dropped and added, which configuration differs, which batches would be run again, and everything for which it would be
refused. The program is run up to its start(): it makes its streams with StreamingContext.getOrCreate, and there it ends.
Nothing is received, no batch is run, nothing is written into DIRECTORY. What the program prints goes to stderr.

  --json      the same as JSON (docs/cli.md)
  -h, --help

Exit code: 0 the same, 1 something differs, 2 it would be refused, or could not be compared.
`,
}

const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
const exitCodes: Readonly<Record<CheckpointDiff['outcome'], number>> = { same: 0, differs: 1, refused: 2 }

/** `dstream checkpoint diff`. Gives the exit code. */
export async function diffCommand(argv: readonly string[], talk: Talk): Promise<number> {
  // What stands behind the program is the program's.
  const at = argv.findIndex(argument => !argument.startsWith('-'))
  const own = at < 0 ? argv : argv.slice(0, at)
  const { values } = parsing(usage, () => parseArgs({ args: [...own], options, allowPositionals: false }))
  if (values.help === true) return talk.out(usage.text)
  const [directory, program, ...args] = at < 0 ? [] : argv.slice(at)
  if (directory === undefined || program === undefined)
    wrongUsage(`${usage.command} takes a directory and a program`, usage)
  const diff = await compare(directory, programPath(program), args)
  talk.out(values.json === true ? asJson(diff) : diffText(diff))
  return exitCodes[diff.outcome]
}

/** Runs the program, in a process of its own that is told to compare in place of starting. */
async function compare(directory: string, program: string, args: readonly string[]): Promise<CheckpointDiff> {
  const folder = await mkdtemp(join(tmpdir(), 'dstream-diff-'))
  const result = join(folder, 'diff.json')
  try {
    const env = { ...process.env, DSTREAM_DRY_RUN: JSON.stringify({ directory, result }) }
    const child = spawn(process.execPath, [...process.execArgv, program, ...args], { env, stdio: ['inherit', 2, 2] })
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    return await resultIn(result, program, signal === null ? `with exit code ${code}` : `by ${signal}`)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** @throws DStreamError PROGRAM_NOT_COMPARED */
async function resultIn(file: string, program: string, way: string): Promise<CheckpointDiff> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as CheckpointDiff
  } catch (cause) {
    throw new DStreamError('PROGRAM_NOT_COMPARED', `${program} ended ${way} before it had started streams`, {
      cause,
      hint: 'It has to call StreamingContext.getOrCreate and start(), with the arguments that stand behind it. What it said is above.',
    })
  }
}
