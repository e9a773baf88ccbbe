import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Sooner than the runner ends a test, which cannot say what was written. */
const patienceMs = 50_000

/** A program of this folder that runs as a user runs it: in a process of its own, told what to do by its arguments. */
export interface ExampleProcess {
  /** Resolves with what it has written to stdout, as soon as that is enough. Rejects when the program ends before, and when it takes too long. */
  until(enough: (printed: string) => boolean): Promise<string>
  /** What it has written so far, to stdout and then to stderr. */
  readonly said: string
  /** Default: SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export interface ExampleOptions {
  /** `spark.*` settings, as environment variables: `spark_streaming_receiverRestartDelay`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts `program` (a file name of this folder) with the same loader options as this process. */
export function startExample(
  program: string,
  args: readonly (string | number)[],
  { settings = {} }: ExampleOptions = {},
): ExampleProcess {
  const folder = mkdtempSync(join(tmpdir(), 'example-')) // for its temporary files, removed when it has ended
  const given = Object.entries(settings).map(([key, value]) => [`DSTREAM_CONF_${key}`, value])
  const child = spawn(process.execPath, [...loaderOptions(), join(import.meta.dirname, program), ...args.map(String)], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, TMPDIR: folder, ...Object.fromEntries(given) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complaints = ''
  let ended = false
  const looks = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    for (const look of looks) look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const closed = once(child, 'close').then(() => {
    ended = true
    rmSync(folder, { recursive: true, force: true })
    for (const look of looks) look()
  })
  return {
    until: enough =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          clearTimeout(late)
          looks.delete(look)
          settle()
        }
        const fail = (why: string): void => end(() => reject(new Error(`${program} ${why}.\n${printed}${complaints}`)))
        const late = setTimeout(() => fail('has not written enough'), patienceMs)
        const look = (): void => {
          if (enough(printed)) end(() => resolve(printed))
          else if (ended) fail('has ended')
        }
        looks.add(look)
        look()
      }),
    get said() {
      return `${program}: ${printed}${complaints}`
    },
    stop: async signal => {
      child.kill(signal)
      await closed
    },
  }
}

const loaderOptions = () => process.execArgv.filter(option => /^--(?:conditions|disable-warning)/.test(option))
