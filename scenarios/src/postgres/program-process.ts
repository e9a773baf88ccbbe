import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ProgramSettings } from './program.ts'

/** A program that is fed and ends no batch with input for so long hangs. */
const patienceMs = 120_000

/** The program in a process of its own. */
export interface ProgramProcess {
  /** Partitions that it found committed already, of those that it was to write. */
  readonly known: number
  /** What it has said on stderr, the end of it. */
  readonly said: string
  /** Resolves when so many batches with input have ended, or it has. */
  fed(batches: number): Promise<void>
  readonly hasEnded: boolean
  /** Resolves with the signal that ended it, or its exit code; 'hung' where it was ended because no batch with input ended any more. */
  readonly ended: Promise<NodeJS.Signals | number | 'hung'>
  kill(): void
}

export function startProgram(settings: ProgramSettings): ProgramProcess {
  const program = join(import.meta.dirname, 'program.ts')
  const options = ['--disable-warning=ExperimentalWarning', '--conditions=source']
  const child = spawn(process.execPath, [...options, program, JSON.stringify(settings)], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, DSTREAM_CONF_spark_log_level: 'INFO' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [known, fed] = [0, 0]
  let hung = false
  const hang = setTimeout(() => {
    hung = true
    said.push(`No batch with input has ended for ${patienceMs / 1000} s.`)
    child.kill('SIGKILL')
  }, patienceMs)
  const said: string[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stderr }).on('line', line => {
    known += Number(/Outputs: \S+: (\d+) of \d+ partitions/.exec(line)?.[1] ?? 0)
    if (!/ (INFO|DEBUG) /.test(line)) said.push(line)
    if (said.length > 50) said.shift()
  })
  createInterface({ input: child.stdout }).on('line', line => {
    if (!line.endsWith(' 0')) {
      fed++
      hang.refresh()
    }
    for (const look of waiting) look()
  })
  const ended = once(child, 'close').then(([code, signal]) => {
    fed = Infinity
    clearTimeout(hang)
    for (const look of waiting) look()
    if (hung) return 'hung'
    return (signal as NodeJS.Signals | null) ?? (code as number)
  })
  return {
    get known() {
      return known
    },
    get said() {
      return said.join('\n')
    },
    fed: count =>
      new Promise(resolve => {
        const look = (): void => {
          if (fed < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    get hasEnded() {
      return fed === Infinity
    },
    ended,
    kill: () => void child.kill('SIGKILL'),
  }
}
