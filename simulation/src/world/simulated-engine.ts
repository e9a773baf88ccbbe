import type { Engine, EngineEvent, Job, LongRunningHandle, LongRunningTask } from '@dstream/core/engine'
import { ReferenceEngine } from '@dstream/core/engine-testing'
import { asAttempt, current, type TaskAttempt } from './simulated-process.ts'
import type { World } from './world.ts'

/** How often a task is tried. */
const maxAttempts = 4

export interface SimulatedEngineOptions {
  readonly parallelism: number
  /** How long tasks may take, ms. */
  readonly longestTaskMs: number
  /** How often a worker dies under a task. */
  readonly deathRate: () => number
}

/**
 * The reference engine behind workers that are slow, finish in any order, and die: a task is then tried again, and what the worker had kept is lost.
 */
export class SimulatedEngine implements Engine {
  readonly capabilities
  readonly defaultParallelism: number
  readonly #inner: ReferenceEngine
  readonly #world: World
  readonly #options: SimulatedEngineOptions
  readonly #listeners = new Set<(event: EngineEvent) => void>()

  constructor(world: World, options: SimulatedEngineOptions) {
    this.#world = world
    this.#options = options
    this.#inner = new ReferenceEngine({
      parallelism: options.parallelism,
      clock: current().process.clock,
      turn: () => world.turn('task', '', world.random.below(options.longestTaskMs + 1)),
    })
    this.capabilities = this.#inner.capabilities
    this.defaultParallelism = this.#inner.defaultParallelism
    // Jobs are told as one, whatever they are made of here.
    this.#inner.subscribe(event => {
      if (event.type !== 'jobStarted' && event.type !== 'jobEnded') this.#emit(event)
    })
  }

  async run(job: Job, onResult: (partition: number, result: unknown) => void, signal?: AbortSignal): Promise<void> {
    this.#emit({ type: 'jobStarted', jobId: job.id, timeMs: this.#world.wallMs, origin: job.origin })
    try {
      await Promise.all(job.partitions.map(partition => this.#runPartition(job, partition, onResult, signal)))
    } finally {
      this.#emit({ type: 'jobEnded', jobId: job.id, timeMs: this.#world.wallMs })
    }
  }

  release(nodeIds: readonly number[]): void {
    this.#inner.release(nodeIds)
  }

  broadcast(key: string, bytes: Uint8Array<SharedArrayBuffer>): void {
    this.#inner.broadcast(key, bytes)
  }

  releaseBroadcast(key: string, destroyed?: string): void {
    this.#inner.releaseBroadcast(key, destroyed)
  }

  launch(task: LongRunningTask): LongRunningHandle {
    return this.#inner.launch(task)
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  async #runPartition(
    job: Job,
    partition: number,
    onResult: (partition: number, result: unknown) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const outcome = await this.#attempt({ ...job, partitions: [partition] }, signal, attempt)
        if (outcome === 'died') continue
        await this.#world.turn('result', `${job.id} ${partition}`)
        return onResult(partition, outcome.result)
      } catch (error) {
        if (attempt >= maxAttempts || signal?.aborted === true) throw error
      }
    }
  }

  /** What the task gave, or that its worker died. */
  async #attempt(job: Job, signal: AbortSignal | undefined, number: number): Promise<{ result: unknown } | 'died'> {
    const { random, coverage } = this.#world
    const attempt: TaskAttempt = { dead: false }
    let result: unknown
    const work = asAttempt(attempt, () => this.#inner.run(job, (_, given) => (result = given), signal))
    if (number >= maxAttempts || !random.chance(this.#options.deathRate())) {
      await work
      return { result }
    }
    work.catch(() => undefined)
    const ended = work.then(() => 'ended' as const)
    // Anywhere in the task, or after its last step.
    const death = asAttempt(attempt, () => this.#world.turn('worker death', `${job.id}`, random.between(0, 20)))
    await Promise.race([ended, death])
    coverage.fault('worker death')
    this.#world.dropSteps(attempt)
    const lost = random.below(4)
    this.#inner.lose(id => lost === 3 || id % 3 === lost)
    return 'died'
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
