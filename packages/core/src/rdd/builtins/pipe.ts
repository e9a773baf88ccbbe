import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { LineBlocks, linesOf, textOf } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/builtins.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { Fn } from './function-types.ts'

/** Text is handed to the process in pieces of about this many characters. */
const pieceLength = 64 * 1024

type Child = ChildProcessByStdio<Writable, Readable, null>

interface Pipe {
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly separator: string
  readonly separateWorkingDir: boolean
  readonly printPipeContext: Fn | undefined
  readonly printRDDElement: Fn | undefined
}

registerBuiltins({
  nothing: () => () => undefined,
  pipe: ([context, element], [words, env, separator, separateWorkingDir, hasContext, hasElement]) => {
    const spec = {
      words,
      env,
      separator,
      separateWorkingDir,
      printPipeContext: hasContext ? context : undefined,
      printRDDElement: hasElement ? element : undefined,
    } as Pipe
    return (records: Iterable<unknown>) => (spec.separateWorkingDir ? inDirectory(spec, records) : lines(spec, records))
  },
})

async function inDirectory(spec: Pipe, records: Iterable<unknown>): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'dstream-pipe-'))
  try {
    return await lines(spec, records, directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Runs the process to its end: what it writes is taken while it is fed, so neither waits for the other for ever. */
async function lines(spec: Pipe, records: Iterable<unknown>, cwd?: string): Promise<string[]> {
  const [program, ...args] = spec.words
  const child = spawn(program!, args, {
    env: { ...process.env, ...spec.env },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  try {
    const [output, , [code, signal]] = await Promise.all([linesFrom(child), feed(child, spec, records), ended])
    if (code !== 0) throw failed(spec, code === null ? `signal ${signal}` : `status ${code}`)
    return output
  } catch (error) {
    child.kill('SIGKILL')
    ended.catch(() => {}) // The same failure.
    throw error instanceof DStreamError || child.pid !== undefined ? error : notStarted(spec, error)
  }
}

async function linesFrom(child: Child): Promise<string[]> {
  const blocks = new LineBlocks({ maxLineBytes: Infinity })
  const found: string[] = []
  const take = (): void => {
    const block = blocks.take()
    if (block !== undefined) for (const line of linesOf(block.bytes)) found.push(line)
  }
  for await (const chunk of child.stdout) if (blocks.feed(chunk as Uint8Array) > 0) take()
  blocks.end()
  take()
  return found
}

async function feed(child: Child, spec: Pipe, records: Iterable<unknown>): Promise<void> {
  const { stdin } = child
  // A program need not read all that it is given (`head -1`): that is no failure.
  let reads = true
  let goOn = (): void => {}
  stdin.on('error', () => (reads = false))
  stdin.on('close', () => goOn())
  stdin.on('drain', () => goOn())
  let piece = ''
  const print = (text: unknown): void => void (piece += `${textOf(text)}${spec.separator}`)
  spec.printPipeContext?.(print)
  for (const record of records) {
    if (!reads) break
    if (spec.printRDDElement === undefined) print(record)
    else spec.printRDDElement(record, print)
    if (piece.length < pieceLength) continue
    if (!stdin.write(piece) && !stdin.closed) await new Promise<void>(resolve => (goOn = resolve))
    piece = ''
  }
  stdin.end(piece)
}

const failed = ({ words }: Pipe, how: string): DStreamError =>
  new DStreamError('PIPE_FAILED', `Subprocess exited with ${how}. Command ran: ${words.join(' ')}`, {
    hint: 'What it wrote to its standard error is in that of this process.',
  })

const notStarted = ({ words }: Pipe, cause: unknown): DStreamError =>
  new DStreamError('PIPE_FAILED', `Cannot run program "${words[0]}": ${(cause as Error).message}`, {
    cause,
    hint: 'The program must be installed where the tasks run; there is no shell, so no built-in command of one.',
  })
