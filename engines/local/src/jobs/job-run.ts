import { parentsFirst } from '@dstream/core/engine'
import type { Job } from '@dstream/core/engine'
import type { MissingData } from '../workers/protocol.ts'
import type { StageRun } from './stage-run.ts'

/** One job, from `run` to its end. */
export class JobRun {
  readonly job: Job
  readonly onResult: (partition: number, result: unknown) => void
  /** The partitions whose results have not been delivered. */
  readonly undelivered: Set<number>
  /** Stages by the id of the shuffle they write; the result's under `'result'`. */
  readonly stages = new Map<number | 'result', StageRun>()
  /** A kept partition was out of a task's reach: plan as if nothing were kept. */
  ignoreKept = false
  ended = false
  /** What workers have exported for tasks of this job. */
  readonly imported = new Map<string, Uint8Array<SharedArrayBuffer> | null>()
  readonly #missed = new Map<string, number>()
  #nodeIds: ReadonlySet<number> | undefined
  readonly done: Promise<void>
  #resolve!: () => void
  #reject!: (error: unknown) => void

  constructor(job: Job, onResult: (partition: number, result: unknown) => void) {
    this.job = job
    this.onResult = onResult
    this.undelivered = new Set(job.partitions)
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Whether the node is part of the job's plan. Walks the plan once, and only where somebody asks. */
  reads(nodeId: number): boolean {
    this.#nodeIds ??= new Set(parentsFirst(this.job.target).map(node => node.id))
    return this.#nodeIds.has(nodeId)
  }

  /** Counts that a task has not found this; returns how often that is now. */
  missed({ nodeId, partition }: MissingData): number {
    const name = `${nodeId}:${partition}`
    const now = (this.#missed.get(name) ?? 0) + 1
    this.#missed.set(name, now)
    return now
  }

  settle(error?: { readonly reason: unknown }): void {
    this.ended = true
    if (error === undefined) this.#resolve()
    else this.#reject(error.reason)
  }
}
