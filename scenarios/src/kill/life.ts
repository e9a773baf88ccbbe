import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, closeSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planting, type Planted } from '@dstream/tools/planting'
import { crashEnvironment, plantedCrash } from './crash-points.ts'
import type { End } from './plan.ts'
import type { ProgramSettings } from './program-settings.ts'

const root = join(import.meta.dirname, '../../..')

/** How a process ended. */
export interface Death {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** The crash point that killed it. */
  readonly point: string | undefined
  /** A batch was submitted and not completed. */
  readonly batchInFlight: boolean
}

/** One process that runs the program. */
export class Running {
  /** The newest batch that it has completed. */
  completedMs = -Infinity
  /** Its streams have started. */
  readonly started: Promise<void>
  /** It has completed a batch. */
  readonly firstBatch: Promise<void>
  /** Resolves when it has ended, however. */
  readonly ended: Promise<Death>
  readonly #child: ChildProcess

  /** @param number of the process within its round, from 0 */
  constructor(settings: ProgramSettings, number: number, end: End | undefined, faults: readonly Planted[]) {
    const { directory } = settings
    const journal = join(directory, 'journal')
    const journalBefore = readFileSync(journal, 'utf8').length
    const planted = planting([...faults, ...(end?.how === 'point' ? [plantedCrash(end.point)] : [])])
    const log = openSync(join(directory, `log-${number}`), 'w')
    this.#child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        '--conditions=source',
        ...planted.args,
        join(import.meta.dirname, 'program.ts'),
        JSON.stringify(settings),
      ],
      {
        cwd: root,
        stdio: ['pipe', 'pipe', log],
        env: {
          ...process.env,
          NODE_TEST_CONTEXT: undefined,
          // What has been compiled once starts in half the time.
          NODE_COMPILE_CACHE: join(tmpdir(), 'dstream-kill-compiled'),
          ...planted.env,
          ...(end?.how === 'point' ? crashEnvironment(end.point.name, end.hit, journal) : {}),
        },
      },
    )
    closeSync(log)
    const [started, firstBatch] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    this.started = started.promise
    this.firstBatch = firstBatch.promise
    this.#listen(started.resolve, firstBatch.resolve)
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (exitCode, signal) => {
        const lines = readFileSync(journal, 'utf8').slice(journalBefore).split('\n')
        resolve({ exitCode, signal, ...told(lines) })
      })
    })
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  #listen(onStarted: () => void, onBatch: () => void): void {
    let rest = ''
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [what, timeMs] = line.split(' ')
        if (what === 'started') onStarted()
        if (what !== 'completed') continue
        this.completedMs = Math.max(this.completedMs, Number(timeMs))
        onBatch()
      }
    })
  }
}

function told(lines: readonly string[]): { readonly point: string | undefined; readonly batchInFlight: boolean } {
  const open = new Set<string>()
  let point: string | undefined
  for (const line of lines) {
    if (line.startsWith('submitted ')) open.add(line.slice('submitted '.length))
    if (line.startsWith('completed ')) open.delete(line.slice('completed '.length))
    if (line.startsWith('crash ')) point = line.slice('crash '.length)
  }
  return { point, batchInFlight: open.size > 0 }
}
