import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, closeSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planting, type Planted } from '@dstream/tools/planting'
import { crashEnvironment, plantedCrash } from './crash-points.ts'
import type { End } from './plan.ts'
import type { ProgramSettings } from './program-settings.ts'

/** A process that says nothing for so long hangs: on a machine with much else to do, too, batches end sooner. */
const silenceMs = 120_000

const root = join(import.meta.dirname, '../../..')

/** How a process ended. */
export interface Death {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** The crash point that killed it. */
  readonly point: string | undefined
  /** A batch was submitted and not completed. */
  readonly batchInFlight: boolean
  /** It was killed because it said nothing any more. */
  readonly hung: boolean
}

/** One process that runs the program. */
export class Running {
  /** The newest batch that it has completed. */
  completedMs = -Infinity
  /** How many batches it has completed that were not due before it started. */
  newBatches = 0
  /** Its streams have started. */
  readonly started: Promise<void>
  /** It has completed a batch. */
  readonly firstBatch: Promise<void>
  /** Resolves when it has ended, however. */
  readonly ended: Promise<Death>
  readonly #child: ChildProcess
  #startedMs = Infinity
  readonly #waiting: { readonly batches: number; readonly resolve: () => void }[] = []

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
    const hung = this.#killWhenSilent()
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (exitCode, signal) => {
        const lines = readFileSync(journal, 'utf8').slice(journalBefore).split('\n')
        resolve({ exitCode, signal, ...told(lines), hung: hung() })
      })
    })
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves when so many batches that were not due before it started are complete; never when it ends before. */
  async batches(batches: number): Promise<void> {
    await new Promise<void>(resolve => this.#waiting.push({ batches, resolve }))
  }

  /** Gives whether it was. */
  #killWhenSilent(): () => boolean {
    let hung = false
    const silence = setTimeout(() => {
      hung = true
      this.kill('SIGKILL')
    }, silenceMs)
    this.#child.stdout!.on('data', () => silence.refresh())
    this.#child.on('close', () => clearTimeout(silence)).on('error', () => clearTimeout(silence))
    return () => hung
  }

  #listen(onStarted: () => void, onBatch: () => void): void {
    let rest = ''
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [what, timeMs] = line.split(' ')
        if (what === 'started') {
          this.#startedMs = Date.now()
          onStarted()
        }
        if (what !== 'completed') continue
        this.#completed(Number(timeMs))
        onBatch()
      }
    })
  }

  #completed(timeMs: number): void {
    this.completedMs = Math.max(this.completedMs, timeMs)
    if (timeMs <= this.#startedMs) return
    this.newBatches++
    for (const { batches, resolve } of this.#waiting) if (this.newBatches >= batches) resolve()
  }
}

function told(lines: readonly string[]): Pick<Death, 'point' | 'batchInFlight'> {
  const open = new Set<string>()
  let point: string | undefined
  for (const line of lines) {
    if (line.startsWith('submitted ')) open.add(line.slice('submitted '.length))
    if (line.startsWith('completed ')) open.delete(line.slice('completed '.length))
    if (line.startsWith('crash ')) point = line.slice('crash '.length)
  }
  return { point, batchInFlight: open.size > 0 }
}
