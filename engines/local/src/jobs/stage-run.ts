import type { RddNode, ShuffleNode } from '@dstream/core/engine'
import { readsKept } from '../stages/plan-stages.ts'
import type { JobRun } from './job-run.ts'

/** One stage of one job, as far as it has come. */
export class StageRun {
  readonly id: number
  readonly job: JobRun
  /** The shuffle it writes; undefined for the result. */
  readonly shuffle: ShuffleNode | undefined
  readonly root: RddNode
  /** Partitions that wait for a worker or run. */
  readonly active = new Set<number>()
  phase: 'waiting' | 'submitted' | 'completed' = 'waiting'
  /** Live records on a worker's heap are read or kept by it. */
  readonly usesHeap: boolean
  readonly #failures = new Map<number, number>()
  readonly #deaths = new Map<number, number>()

  constructor(id: number, job: JobRun, shuffle: ShuffleNode | undefined, root: RddNode) {
    this.id = id
    this.job = job
    this.shuffle = shuffle
    this.root = root
    this.usesHeap = readsKept(root, job.job.kept)
  }

  /** How often a task has been tried before, whatever became of it. */
  attemptOf(partition: number): number {
    return (this.#failures.get(partition) ?? 0) + (this.#deaths.get(partition) ?? 0)
  }

  /** Counts a failure; returns how many there are now. */
  failed(partition: number): number {
    return count(this.#failures, partition)
  }

  /** Counts a death of the worker that ran it; returns how many there are now. */
  died(partition: number): number {
    return count(this.#deaths, partition)
  }

  /** Whether what a task of it brings is still needed: a result that was delivered is not asked for twice. */
  awaits(partition: number): boolean {
    return this.shuffle !== undefined || this.job.undelivered.has(partition)
  }

  /**
   * Where live records are kept or will be, a partition goes to the same worker in every job: so what belongs together is on one heap. All other
   * tasks go to whoever is free.
   */
  workerFor(partition: number, workers: number): number | undefined {
    return this.usesHeap ? partition % workers : undefined
  }

  /** Its tasks take no slot: they mostly wait. */
  get isBeside(): boolean {
    const { action } = this.job.job
    return this.shuffle === undefined && action.kind === 'run' && action.beside === true
  }

  get name(): string {
    const { operator, site } = this.shuffle ?? { operator: this.job.job.origin.action, site: this.job.job.origin.site }
    return `${operator} at ${site}`
  }
}

function count(counts: Map<number, number>, partition: number): number {
  const now = (counts.get(partition) ?? 0) + 1
  counts.set(partition, now)
  return now
}
