import { builtin, callSite } from '../closures/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { JobOrigin } from '../engine/job.ts'
import { DStreamError } from '../errors/dstream-error.ts'
import type { KeySample } from '../rdd/builtins/spreading.ts'
import type { JobRunner } from '../rdd/context.ts'
import type { Action } from '../rdd/plan/action.ts'
import type { RddNode } from '../rdd/plan/node.ts'
import { parentsFirst } from '../rdd/plan/walk.ts'
import { RangeResolver } from '../rdd/resolve-ranges.ts'
import { Checkpoints } from './checkpoints.ts'
import { currentScope, JobScope, type JobScopeFields } from './job-scope.ts'
import type { KeptData } from './kept-data.ts'
import { ScopedPromise } from './scoped-promise.ts'

type OnResult = (partition: number, result: unknown) => void

/** What is said about jobs until something else is said. */
export interface JobLabels {
  group?: string | undefined
  description?: string | undefined
  properties?: Readonly<Record<string, string>> | undefined
}

/** Runs the jobs of one context on its engine: labels them, finds range bounds first, lets them be cancelled. */
export class ContextJobs {
  readonly #engine: Engine
  readonly #kept: KeptData
  readonly #ranges: RangeResolver
  /** What `rdd.checkpoint()` has marked. */
  readonly checkpoints: Checkpoints
  /** The running jobs. The nodes are held so that no data of theirs is released as garbage. */
  readonly #running = new Map<number, RunningJob>()
  readonly #labels: JobLabels = {}
  readonly #labelsOfScope = new WeakMap<JobScope, JobLabels>()
  #lastId = -1

  constructor(engine: Engine, kept: KeptData) {
    this.#engine = engine
    this.#kept = kept
    this.checkpoints = new Checkpoints(node => kept.adopt(node))
    this.#ranges = new RangeResolver((node, size) => this.#sample(node, size))
  }

  /** The labels that new jobs get here: those of the job scope, where this is called in one. */
  get labels(): JobLabels {
    const scope = currentScope()
    if (scope === undefined) return this.#labels
    const known = this.#labelsOfScope.get(scope)
    if (known !== undefined) return known
    const own = { ...this.#labels }
    this.#labelsOfScope.set(scope, own)
    return own
  }

  act<R>(name: string, body: (jobs: JobRunner) => Promise<R>): Promise<R> {
    const scope = currentScope()
    const { group, description, properties } = this.labels
    const own = callSite()
    const origin: JobOrigin = {
      action: name,
      ...scope?.fields,
      site: own === 'unknown' ? (scope?.fields.site ?? own) : own,
      ...(group === undefined ? {} : { group }),
      ...(description === undefined ? {} : { description }),
      ...(properties === undefined ? {} : { properties }),
    }
    const jobs: JobRunner = {
      run: (target, action, partitions, onResult) => this.#run({ target, action, partitions, origin }, onResult),
    }
    const work = body({
      run: async (target, ...job) => {
        await jobs.run(target, ...job)
        await this.checkpoints.saveMarked(target, jobs)
      },
    })
    return scope === undefined ? work : ScopedPromise.within(scope, work)
  }

  inScope<R>(fields: JobScopeFields, f: () => R | Promise<R>): Promise<R> {
    return new JobScope(fields).run(f)
  }

  /** Cancels the running jobs for which `which` holds. */
  cancel(which: (jobId: number, origin: JobOrigin) => boolean, reason?: string): void {
    for (const [id, { origin, abort }] of this.#running) {
      if (!which(id, origin)) continue
      const why = reason ?? (origin.group === undefined ? '' : `part of cancelled job group ${origin.group}`)
      abort.abort(new DStreamError('JOB_CANCELLED', `Job ${id} cancelled${why === '' ? '' : ` ${why}`}`))
    }
  }

  async #run({ target, action, partitions, origin }: Request, onResult: OnResult): Promise<void> {
    const id = ++this.#lastId
    const abort = new AbortController()
    this.#running.set(id, { target, origin, abort })
    try {
      const resolved = await this.#ranges.resolve(this.checkpoints.resolve(target))
      abort.signal.throwIfAborted()
      const kept = this.#kept.among(parentsFirst(resolved))
      await this.#engine.run({ id, target: resolved, partitions, action, kept, origin }, onResult, abort.signal)
    } finally {
      this.#running.delete(id)
    }
  }

  async #sample(node: RddNode, size: number): Promise<readonly KeySample[]> {
    const partitions = Array.from({ length: node.numPartitions }, (_, i) => i)
    const samples: KeySample[] = []
    const action = { kind: 'run', f: builtin('sampleKeys', [], [size]), async: false } as const
    const scope = currentScope()
    const origin = { action: node.operator, ...scope?.fields, site: node.site }
    await this.#run(
      { target: node, action, partitions, origin },
      (partition, sample) => (samples[partition] = sample as KeySample),
    )
    return samples
  }
}

interface Request {
  readonly target: RddNode
  readonly action: Action
  readonly partitions: readonly number[]
  readonly origin: JobOrigin
}

interface RunningJob {
  readonly target: RddNode
  readonly origin: JobOrigin
  readonly abort: AbortController
}
