import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '@dstream/tools/random'
import { Running, type Death } from './life.ts'
import { judge } from './oracle.ts'
import type { Life, Plan } from './plan.ts'
import { readRound } from './round-record.ts'
import { Source } from './source.ts'

/** How a process ended that was to be killed. */
export interface Kill extends Death {
  /** What was planned: the name of a crash point, or how else. */
  readonly planned: string
}

/** What came of a round. */
export interface RoundResult {
  readonly plan: Plan
  readonly batchMs: number
  /** What is wrong, the first difference first. */
  readonly wrong: readonly string[]
  readonly kills: readonly Kill[]
  readonly batches: number
  /** Writes of output files, and how many of those were there already. */
  readonly writes: number
  readonly repeatedWrites: number
  readonly redelivered: number
  /** Processes that were made of a checkpoint alone. */
  readonly alone: number
  readonly workersDied: number
  readonly tookMs: number
  /** Left where something is wrong. */
  readonly directory: string
}

/** A crash point that is not reached in so many batches is left; the process is killed all the same. */
const reachBatches = 100
/** What was received is acknowledged, and out, by then. */
const catchUpBatches = 500

/**
 * Runs a round: every life of its plan, the last one until everything is out. Never throws on account of the program.
 *
 * @param slowness how many times as long as on a machine with nothing else to do batches are; no wait ends by the clock, but for a process that hangs
 */
export async function runRound(plan: Plan, slowness = slownessNow()): Promise<RoundResult> {
  const start = performance.now()
  const directory = mkdtempSync(join(tmpdir(), `dstream-kill-${plan.seed}-`))
  for (const name of ['output', 'unfinished', 'differences', 'died']) mkdirSync(join(directory, name))
  writeFileSync(join(directory, 'journal'), '')
  const source = await Source.start(directory, new Random(plan.seed))
  const batchMs = plan.batchMs * slowness
  const round = new Round(plan, slowness, directory, source)
  try {
    const lastMs = await round.run()
    const record = readRound(directory)
    const { log, files, acknowledged } = source
    // Where no batch was ever completed it is said already what is wrong.
    const finding = Number.isFinite(lastMs)
      ? judge(record, { log, files, acknowledged, batchMs, lastMs })
      : { wrong: ['No batch was completed'], batches: 0, redelivered: 0 }
    const wrong = [...round.wrong, ...finding.wrong]
    if (wrong.length === 0) rmSync(directory, { recursive: true })
    return {
      ...{ plan, batchMs, wrong, directory, kills: round.kills, writes: record.writes },
      ...{ batches: finding.batches, redelivered: finding.redelivered },
      ...{ alone: record.alone, workersDied: record.workersDied },
      repeatedWrites: record.writes - record.files,
      tookMs: performance.now() - start,
    }
  } finally {
    source.close()
  }
}

/**
 * A machine with other things to do than the rounds themselves gets more time for everything: batches that are due all the time would show
 * nothing.
 */
export const slownessNow = (): number =>
  Math.min(8, Math.max(1, Math.round(loadavg()[0]! / availableParallelism() - 1)))

class Round {
  readonly kills: Kill[] = []
  readonly wrong: string[] = []
  readonly #plan: Plan
  readonly #slowness: number
  readonly #batchMs: number
  readonly #directory: string
  readonly #source: Source
  #processes = 0

  constructor(plan: Plan, slowness: number, directory: string, source: Source) {
    this.#plan = plan
    this.#slowness = slowness
    this.#batchMs = plan.batchMs * slowness
    this.#directory = directory
    this.#source = source
  }

  /** Resolves to the last batch that counts. */
  async run(): Promise<number> {
    for (const life of this.#plan.lives) await this.#live(life)
    return this.#lastLife()
  }

  async #live(life: Life): Promise<void> {
    const { end } = life
    const running = this.#start(life)
    const producing = this.#produce(running)
    const stop = this.#endOf(running, life)
    const death = await running.ended
    clearInterval(producing)
    stop.abort()
    const planned = end.how === 'point' ? end.point.name : end.how
    this.kills.push({ ...death, planned })
    const asked = end.how === 'graceful' || (end.how === 'point' && end.point.phase === 'stopping')
    // A stop that a crash point did not end ends well.
    const isAsPlanned =
      !death.hung && (asked && death.point === undefined ? death.exitCode === 0 : death.signal === 'SIGKILL')
    if (isAsPlanned) return
    this.wrong.push(this.#unexpected(`The process that was to die (${planned})`, death))
  }

  #start({ withFactory, end }: Pick<Life, 'withFactory'> & { readonly end?: Life['end'] }): Running {
    const { closeFileAfterWrite } = this.#plan
    const place = { directory: this.#directory, port: this.#source.port }
    const settings = { ...place, batchMs: this.#batchMs, closeFileAfterWrite, withFactory }
    return new Running(settings, this.#processes++, end, this.#plan.faults)
  }

  /** Gives the process something to do, as long as it keeps up: one whose batches are late gets no more. */
  #produce(running: Running): NodeJS.Timeout {
    let ticks = 0
    const { workersDie } = this.#plan
    return setInterval(() => {
      if (running.completedMs !== -Infinity && running.completedMs < Date.now() - 15 * this.#batchMs) return
      this.#source.produce(8)
      if (++ticks % 4 === 0) this.#source.produceFile(workersDie && ticks === 8)
    }, 40 * this.#slowness)
  }

  /** Sees to it that the process ends as planned. */
  #endOf(running: Running, { end }: Life): AbortController {
    const over = new AbortController()
    const after = async (ms: number, signal: NodeJS.Signals): Promise<void> => {
      await sleep(ms * this.#slowness, undefined, { signal: over.signal })
      running.kill(signal)
    }
    const ending = async (): Promise<void> => {
      if (end.how === 'graceful') return running.started.then(() => after(end.afterMs, 'SIGTERM'))
      if (end.how === 'point') {
        if (end.point.phase === 'stopping') return running.firstBatch.then(() => after(200, 'SIGTERM'))
        return running.batches(reachBatches).then(() => running.kill('SIGKILL'))
      }
      if (end.since === 'firstBatch') await running.firstBatch
      return after(end.afterMs, 'SIGKILL')
    }
    ending().catch(() => {})
    return over
  }

  async #lastLife(): Promise<number> {
    const { gracefully, withFactory } = this.#plan.last
    const running = this.#start({ withFactory })
    const death = running.ended
    const producing = this.#produce(running)
    await Promise.race([death, sleep(300 * this.#slowness)])
    clearInterval(producing)
    const completed = await this.#caughtUp(running, gracefully)
    running.kill(gracefully ? 'SIGTERM' : 'SIGKILL')
    const ended = await death
    if (!completed) this.wrong.push(this.#unexpected('The last process did not catch up, and', ended))
    else if (gracefully && ended.exitCode !== 0) this.wrong.push(this.#unexpected('The last process', ended))
    return gracefully ? Math.max(running.completedMs, completedIn(this.#directory)) : running.completedMs
  }

  /** The source is exhausted: all is acknowledged; and, but for what a graceful stop has to bring, in batches that are complete. */
  async #caughtUp(running: Running, gracefully: boolean): Promise<boolean> {
    let over = false
    void running.ended.then(() => (over = true))
    const wait = async (done: () => boolean): Promise<boolean> => {
      const until = running.newBatches + catchUpBatches
      while (!over && running.newBatches < until && !done()) await sleep(5)
      return done() && !over
    }
    const isAcknowledged = (): boolean => this.#source.acknowledged === this.#source.log.length
    const batchMs = this.#batchMs
    const filesMs = Date.now() + batchMs
    if (!(await wait(() => running.completedMs > filesMs))) return false
    // What comes last is still on its way through batches when the stop begins.
    this.#source.produce(30)
    if (!(await wait(isAcknowledged))) return false
    const recordsMs = Date.now() + batchMs
    return gracefully || wait(() => running.completedMs > recordsMs)
  }

  #unexpected(what: string, { exitCode, signal, hung }: Death): string {
    const log = readFileSync(join(this.#directory, `log-${this.#processes - 1}`), 'utf8').trim()
    const how = hung ? 'nothing said any more' : (signal ?? `exit code ${exitCode}`)
    return `${what} ended with ${how}: ${log.split('\n').slice(-30).join('\n')}`
  }
}

/** The newest batch that any process has completed. */
function completedIn(directory: string): number {
  const completed = readFileSync(join(directory, 'journal'), 'utf8').matchAll(/^completed (\d+)$/gm)
  return Math.max(-Infinity, ...[...completed].map(([, timeMs]) => Number(timeMs)))
}
