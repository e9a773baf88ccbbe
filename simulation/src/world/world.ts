import { Random } from '@dstream/tools/random'
import { Coverage } from './coverage.ts'
import { current, type SimulatedProcess, type TaskAttempt } from './simulated-process.ts'
import { Trace } from './trace.ts'

/** Something that waits until the world lets it happen. */
interface Step {
  /** What kind of thing it is: `write`, `task`, `acknowledge`… */
  readonly kind: string
  readonly about: string
  readonly process: SimulatedProcess
  readonly attempt: TaskAttempt | undefined
  /** Not before this time. */
  readonly readyMs: number
  readonly happen: () => void
  /** The process dies while it waits. */
  readonly onCrash: (() => void) | undefined
}

interface Appointment {
  readonly atMs: number
  readonly action: () => void
}

/**
 * Virtual time, chance, and everything that is under way. Whatever the program asks of the outside waits here as a step; one after the other, in an order that
 * the seed decides, steps happen, clocks move, and plans of the world (data that comes in, a crash) come true.
 */
export class World {
  readonly random: Random
  readonly trace: Trace
  readonly coverage = new Coverage()
  /** The time of the universe; clocks may show another. */
  nowMs: number
  /** By how much the clocks of machines are wrong. */
  clockErrorMs = 0
  stepsTaken = 0
  /** The kind of the step that happened last. */
  lastKind = 'nothing'
  readonly processes: SimulatedProcess[] = []
  /** Asked after each step: whether a process is to die now. */
  onStep: (kind: string, process: SimulatedProcess) => void = () => {}
  #steps: Step[] = []
  #appointments: Appointment[] = []

  constructor(seed: number, startMs: number, keepTrace: boolean) {
    this.random = new Random(seed)
    this.trace = new Trace(keepTrace)
    this.nowMs = startMs
  }

  /** What clocks show. */
  get wallMs(): number {
    return this.nowMs + this.clockErrorMs
  }

  /** Adds a step of the process that runs. */
  park(kind: string, about: string, delayMs: number, happen: () => void, onCrash?: () => void): void {
    const { process, attempt } = current()
    if (process.dead || attempt?.dead === true) return
    this.#steps.push({ kind, about, process, attempt, readyMs: this.nowMs + delayMs, happen, onCrash })
  }

  /** Resolves when the world lets it go on; never, where its process dies first. */
  turn(kind: string, about: string, delayMs = 0): Promise<void> {
    return new Promise(resolve => this.park(kind, about, delayMs, resolve))
  }

  /** Something that comes true at a time, whatever processes there are. */
  at(atMs: number, action: () => void): void {
    this.#appointments.push({ atMs, action })
  }

  /** Ends a process: what it had under way has happened, or has not, or in part. */
  kill(process: SimulatedProcess): void {
    process.dead = true
    const its = this.#steps.filter(step => step.process === process)
    this.#steps = this.#steps.filter(step => step.process !== process)
    for (const { onCrash } of its) onCrash?.()
  }

  /** What an attempt of a task had under way does not happen any more. */
  dropSteps(attempt: TaskAttempt): void {
    attempt.dead = true
    this.#steps = this.#steps.filter(step => step.attempt !== attempt)
  }

  /** Lets things happen until `over` says so. False when there is nothing left that could happen, or it takes too many steps. */
  async run(over: () => boolean, maxSteps: number): Promise<boolean> {
    for (let i = 0; i < maxSteps; i++) {
      await quiet()
      if (over()) return true
      const able = this.#steps.filter(step => !step.process.paused && step.readyMs <= this.nowMs)
      if (able.length > 0 && !this.random.chance(0.02)) this.#take(this.random.pick(able))
      else if (!this.#moveOn(able.length > 0)) return false
    }
    return false
  }

  #take(step: Step): void {
    this.#steps.splice(this.#steps.indexOf(step), 1)
    this.stepsTaken++
    this.lastKind = step.kind
    this.trace.add(`${this.nowMs} ${step.process.number} ${step.kind} ${step.about}`)
    step.happen()
    this.onStep(step.kind, step.process)
  }

  /** Time goes on to the next thing that it brings, or a moment. */
  #moveOn(aMoment: boolean): boolean {
    const next = this.#nextMs()
    if (next === undefined && !aMoment) return false
    const moment = this.nowMs + this.random.between(1, 50)
    this.nowMs = aMoment ? Math.min(moment, next ?? moment) : Math.max(next!, this.nowMs)
    this.trace.add(`${this.nowMs} time`)
    for (const process of this.processes) {
      if (!process.dead && !process.paused)
        process.run(() => process.clock.setTo(Math.max(process.clock.now(), this.wallMs)))
    }
    const due = this.#appointments.filter(({ atMs }) => atMs <= this.nowMs)
    this.#appointments = this.#appointments.filter(({ atMs }) => atMs > this.nowMs)
    for (const { action } of due) action()
    return true
  }

  #nextMs(): number | undefined {
    const times = [...this.#appointments.map(({ atMs }) => atMs)]
    for (const { process, readyMs } of this.#steps) if (!process.paused && readyMs > this.nowMs) times.push(readyMs)
    for (const process of this.processes) {
      if (process.dead || process.paused) continue
      const next = process.clock.nextTimeMs()
      if (next !== undefined) times.push(Math.max(next - this.clockErrorMs, this.nowMs))
    }
    return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time))
  }
}

/** Resolves when everything that could go on without the world has. */
const quiet = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
