import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Running, type Death } from './life.ts'
import { judge } from './oracle.ts'
import type { Life, Plan } from './plan.ts'
import { Random } from './random.ts'
import { readRound } from './round-record.ts'
import { Source } from './source.ts'

/** How a process ended that was to be killed. */
export interface Kill extends Death {
  /** What was planned: the name of a crash point, or how else. */
  readonly planned: string
  readonly withFactory: boolean
}

/** What came of a round. */
export interface RoundResult {
  readonly plan: Plan
  /** What is wrong, the first difference first. */
  readonly wrong: readonly string[]
  readonly kills: readonly Kill[]
  readonly batches: number
  /** Writes of output files, and how many of those were there already. */
  readonly writes: number
  readonly repeatedWrites: number
  readonly redelivered: number
  readonly tookMs: number
  /** Left where something is wrong. */
  readonly directory: string
}

/** A crash point that is not reached by then is left; the process is killed all the same. */
const reachMs = 8000
/** A process that was asked to end, or to catch up, has so long. */
const patienceMs = 40_000
/** More is not given in a round. */
const mostRecords = 4000

/** Runs a round: every life of its plan, the last one until everything is out. Never throws on account of the program. */
export async function runRound(plan: Plan): Promise<RoundResult> {
  const start = performance.now()
  const directory = mkdtempSync(join(tmpdir(), `dstream-kill-${plan.seed}-`))
  for (const name of ['output', 'unfinished', 'differences', 'died']) mkdirSync(join(directory, name))
  writeFileSync(join(directory, 'journal'), '')
  const source = await Source.start(directory, new Random(plan.seed))
  const round = new Round(plan, directory, source)
  try {
    const lastMs = await round.run()
    const record = readRound(directory)
    const { log, files, acknowledged } = source
    const finding = judge(record, { log, files, acknowledged, batchMs: plan.batchMs, lastMs })
    const wrong = [...round.wrong, ...finding.wrong]
    if (wrong.length === 0) rmSync(directory, { recursive: true })
    return {
      ...{ plan, wrong, directory, kills: round.kills, writes: record.writes },
      ...{ batches: finding.batches, redelivered: finding.redelivered },
      repeatedWrites: record.writes - record.files,
      tookMs: performance.now() - start,
    }
  } finally {
    source.close()
  }
}

class Round {
  readonly kills: Kill[] = []
  readonly wrong: string[] = []
  readonly #plan: Plan
  readonly #directory: string
  readonly #source: Source
  #processes = 0

  constructor(plan: Plan, directory: string, source: Source) {
    this.#plan = plan
    this.#directory = directory
    this.#source = source
  }

  /** Resolves to the last batch that counts. */
  async run(): Promise<number> {
    for (const life of this.#plan.lives) await this.#live(life)
    return this.#lastLife()
  }

  async #live(life: Life): Promise<void> {
    const { end, withFactory } = life
    const running = this.#start(life)
    const producing = this.#produce()
    const stop = this.#endOf(running, life)
    const death = await running.ended
    clearInterval(producing)
    stop.abort()
    const planned = end.how === 'point' ? end.point.name : end.how
    this.kills.push({ ...death, planned, withFactory })
    const ended = end.how === 'graceful' || (end.how === 'point' && end.point.phase === 'stopping')
    if (death.signal === 'SIGKILL' || (ended && death.exitCode === 0)) return
    this.wrong.push(this.#unexpected(`The process that was to die (${planned})`, death))
  }

  #start({ withFactory, end }: Pick<Life, 'withFactory'> & { readonly end?: Life['end'] }): Running {
    const { batchMs, closeFileAfterWrite } = this.#plan
    const settings = { directory: this.#directory, port: this.#source.port, batchMs, closeFileAfterWrite, withFactory }
    return new Running(settings, this.#processes++, end)
  }

  /** Gives as long as a process lives, and a little while none does. */
  #produce(): NodeJS.Timeout {
    let ticks = 0
    const { workersDie } = this.#plan
    return setInterval(() => {
      if (this.#source.log.length < mostRecords) this.#source.produce(5)
      if (++ticks % 4 === 0 && this.#source.files.length < mostRecords / 8)
        this.#source.produceFile(workersDie && ticks === 8)
    }, 20)
  }

  /** Sees to it that the process ends as planned. */
  #endOf(running: Running, { end }: Life): AbortController {
    const over = new AbortController()
    const after = async (ms: number, signal: NodeJS.Signals): Promise<void> => {
      await sleep(ms, undefined, { signal: over.signal })
      running.kill(signal)
    }
    const stop = async (ms: number): Promise<void> => {
      await running.started
      await after(ms, 'SIGTERM')
      await after(patienceMs, 'SIGKILL')
    }
    const ending =
      end.how === 'chance'
        ? after(end.afterMs, 'SIGKILL')
        : end.how === 'graceful'
          ? stop(end.afterMs)
          : end.point.phase === 'stopping'
            ? stop(300)
            : after(reachMs, 'SIGKILL')
    ending.catch(() => {})
    return over
  }

  async #lastLife(): Promise<number> {
    const { gracefully, withFactory } = this.#plan.last
    const running = this.#start({ withFactory })
    const death = running.ended
    const producing = this.#produce()
    await Promise.race([death, sleep(300)])
    clearInterval(producing)
    const completed = await this.#caughtUp(running, gracefully)
    running.kill(gracefully ? 'SIGTERM' : 'SIGKILL')
    const late = setTimeout(() => running.kill('SIGKILL'), patienceMs)
    const ended = await death
    clearTimeout(late)
    if (!completed) this.wrong.push(this.#unexpected('The last process did not catch up, and', ended))
    else if (gracefully && ended.exitCode !== 0) this.wrong.push(this.#unexpected('The last process', ended))
    return gracefully ? Math.max(running.completedMs, completedIn(this.#directory)) : running.completedMs
  }

  /** The source is exhausted: all is acknowledged; and, but for what a graceful stop has to bring, in batches that are complete. */
  async #caughtUp(running: Running, gracefully: boolean): Promise<boolean> {
    const until = performance.now() + patienceMs
    let over = false
    void running.ended.then(() => (over = true))
    const wait = async (done: () => boolean): Promise<boolean> => {
      while (!over && performance.now() < until && !done()) await sleep(5)
      return done() && !over
    }
    const isAcknowledged = (): boolean => this.#source.acknowledged === this.#source.log.length
    const { batchMs } = this.#plan
    const filesMs = Date.now() + batchMs
    if (!(await wait(() => running.completedMs > filesMs))) return false
    // What comes last is still on its way through batches when the stop begins.
    this.#source.produce(30)
    if (!(await wait(isAcknowledged))) return false
    const recordsMs = Date.now() + batchMs
    return gracefully || wait(() => running.completedMs > recordsMs)
  }

  #unexpected(what: string, { exitCode, signal }: Death): string {
    const log = readFileSync(join(this.#directory, `log-${this.#processes - 1}`), 'utf8').trim()
    return `${what} ended with ${signal ?? `exit code ${exitCode}`}: ${log.split('\n').slice(-30).join('\n')}`
  }
}

/** The newest batch that any process has completed. */
function completedIn(directory: string): number {
  const completed = readFileSync(join(directory, 'journal'), 'utf8').matchAll(/^completed (\d+)$/gm)
  return Math.max(-Infinity, ...[...completed].map(([, timeMs]) => Number(timeMs)))
}
