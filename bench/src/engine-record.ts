import type { SparkContext } from 'dstream'
import type { JobCount } from './proof.ts'

interface RunningJob {
  stages: number
  tasks: number
}

/** Counts, from the engine's events, what each job of the workload did and which workers took part. */
export class EngineRecord {
  /** The jobs that have ended since `clear`, in the order in which they ended. */
  readonly jobs: JobCount[] = []
  /** The workers that ended a task since `clear`. */
  readonly workers = new Set<number>()
  readonly #running = new Map<number, RunningJob>()
  readonly #jobOfStage = new Map<number, number>()

  constructor(context: SparkContext) {
    context.engine.subscribe(event => {
      // A checkpoint that is written beside the batches is not of the workload.
      if (event.type === 'jobStarted') {
        if (event.origin.action === 'checkpoint') return
        this.#running.set(event.jobId, { stages: 0, tasks: 0 })
      } else if (event.type === 'stageSubmitted') this.#stage(event.stageId, event.jobId)
      else if (event.type === 'taskEnded' && event.error === undefined) this.#task(event.stageId, event.worker)
      else if (event.type === 'jobEnded') this.#end(event.jobId)
    })
  }

  clear(): void {
    this.jobs.length = 0
    this.workers.clear()
  }

  #stage(stageId: number, jobId: number): void {
    const job = this.#running.get(jobId)
    if (job === undefined) return
    job.stages++
    this.#jobOfStage.set(stageId, jobId)
  }

  #task(stageId: number, worker: number): void {
    const job = this.#running.get(this.#jobOfStage.get(stageId) ?? -1)
    if (job === undefined) return
    job.tasks++
    this.workers.add(worker)
  }

  #end(jobId: number): void {
    const job = this.#running.get(jobId)
    if (job === undefined) return
    this.jobs.push(job)
    this.#running.delete(jobId)
    for (const [stage, of] of this.#jobOfStage) if (of === jobId) this.#jobOfStage.delete(stage)
  }
}
