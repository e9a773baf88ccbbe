import type { StageRun } from './stage-run.ts'

/** A task that waits for a worker. */
export interface WaitingTask {
  readonly stage: StageRun
  readonly partition: number
  /** The only worker it should run on, because of what is on that worker's heap or will be. */
  readonly worker: number | undefined
}

/** The tasks that wait, first come first served for each worker. */
export class TaskQueue {
  #tasks: WaitingTask[] = []

  push(task: WaitingTask): void {
    this.#tasks.push(task)
  }

  /** The first task that this worker may run. */
  takeFor(worker: number): WaitingTask | undefined {
    const i = this.#tasks.findIndex(task => task.worker === undefined || task.worker === worker)
    return i === -1 ? undefined : this.#tasks.splice(i, 1)[0]
  }

  /** Removes the tasks for which `drop` holds. */
  remove(drop: (task: WaitingTask) => boolean): void {
    this.#tasks = this.#tasks.filter(task => !drop(task))
  }
}
