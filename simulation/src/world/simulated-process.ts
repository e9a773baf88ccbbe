import { AsyncLocalStorage } from 'node:async_hooks'
import { ManualClock } from '@dstream/core/testing'

/** One life of the program: from its start to its end or its crash. */
export class SimulatedProcess {
  readonly number: number
  readonly host: string
  readonly clock: ManualClock
  /** Nothing that it does happens any more. */
  dead = false
  /** It stands still for a while, as a process that swaps, or a machine that is suspended. */
  paused = false

  constructor(number: number, host: string, nowMs: number) {
    this.number = number
    this.host = host
    this.clock = new ManualClock(nowMs)
  }

  /** Runs `f` as this process: everything that it starts belongs to it, whenever it goes on. */
  run<T>(f: () => T): T {
    return running.run({ process: this, attempt: undefined }, f)
  }
}

/** One attempt of a task, on a worker that may die. */
export interface TaskAttempt {
  dead: boolean
}

interface Running {
  readonly process: SimulatedProcess
  readonly attempt: TaskAttempt | undefined
}

const running = new AsyncLocalStorage<Running>()

/** Whose code runs. */
export function current(): Running {
  const found = running.getStore()
  if (found === undefined) throw new Error('Something runs that belongs to no simulated process')
  return found
}

/** Runs `f` as an attempt of a task of the process that runs. */
export const asAttempt = <T>(attempt: TaskAttempt, f: () => T): T =>
  running.run({ process: current().process, attempt }, f)
