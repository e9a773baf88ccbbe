import { importKey, type Import } from '../blocks/imports.ts'
import type { BlockExported, ToWorker } from '../workers/protocol.ts'
import type { JobRun } from './job-run.ts'
import type { WaitingTask } from './task-queue.ts'

interface Fetch {
  readonly from: number
  readonly jobs: Set<JobRun>
}

/** What has been asked of workers' heaps for tasks of other workers, and the tasks that wait for it. */
export class Fetches {
  readonly #post: (worker: number, message: ToWorker) => void
  readonly #pending = new Map<string, Fetch>()
  readonly #parked = new Map<JobRun, WaitingTask[]>()

  constructor(post: (worker: number, message: ToWorker) => void) {
    this.#post = post
  }

  /** Has the task wait until all of it is there; each is asked for once. */
  wait(task: WaitingTask, imports: readonly Import[]): void {
    const { job } = task.stage
    this.#parked.set(job, [...(this.#parked.get(job) ?? []), task])
    for (const wanted of imports) {
      const { nodeId, partition, view, worker } = wanted
      const key = importKey(wanted)
      const fetch = this.#pending.get(key)
      if (fetch !== undefined) fetch.jobs.add(job)
      else {
        this.#pending.set(key, { from: worker, jobs: new Set([job]) })
        this.#post(worker, { type: 'export', nodeId, partition, view })
      }
    }
  }

  /** Takes an answer; gives the tasks that may try again. */
  arrived(answer: BlockExported): WaitingTask[] {
    return this.#settle(importKey(answer), answer.bytes ?? null)
  }

  /** A worker is gone: what was asked of it will not come. */
  lost(worker: number): WaitingTask[] {
    const keys = [...this.#pending].filter(([, fetch]) => fetch.from === worker).map(([key]) => key)
    return keys.flatMap(key => this.#settle(key, null))
  }

  /** A job that has ended waits for nothing. */
  forget(job: JobRun): void {
    this.#parked.delete(job)
    for (const fetch of this.#pending.values()) fetch.jobs.delete(job)
  }

  #settle(key: string, bytes: Uint8Array<SharedArrayBuffer> | null): WaitingTask[] {
    const jobs = this.#pending.get(key)?.jobs ?? []
    this.#pending.delete(key)
    return [...jobs].flatMap(job => {
      job.imported.set(key, bytes)
      const tasks = this.#parked.get(job) ?? []
      this.#parked.delete(job)
      return tasks
    })
  }
}
