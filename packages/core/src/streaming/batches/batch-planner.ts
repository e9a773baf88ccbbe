import type { OutputNode } from '../dstream/graph.ts'
import type { OutputJob } from '../jobs/output-job.ts'
import { Time } from '../../time/index.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { PlanningPending, type StreamPlanner } from './stream-planner.ts'

/** Runs an output operation's function so that the jobs it starts belong to it; ends when all of them have. */
export type RunOutput = (scope: OutputScope, f: () => unknown) => Promise<unknown>

/** What jobs that an output operation starts carry. */
export interface OutputScope {
  readonly batchTimeMs: number
  readonly outputOpId: number
  readonly stream: string
  /** Where the output operation was written. */
  readonly site: string
}

/** Makes the jobs of a batch: one for each output operation whose stream has an RDD at that time. */
export class BatchPlanner {
  readonly #streams: StreamPlanner
  readonly #outputs: readonly OutputNode[]
  readonly #zeroMs: number
  readonly #runOutput: RunOutput

  constructor(streams: StreamPlanner, outputs: readonly OutputNode[], zeroMs: number, runOutput: RunOutput) {
    this.#streams = streams
    this.#outputs = outputs
    this.#zeroMs = zeroMs
    this.#runOutput = runOutput
  }

  /**
   * The jobs of a batch, in the order in which the outputs were registered; a promise when an input stream takes time to answer.
   * @throws whatever a driver function throws
   */
  plan(timeMs: number): readonly OutputJob[] | Promise<readonly OutputJob[]> {
    const due = this.#outputs.filter(output => (timeMs - this.#zeroMs) % output.parent.slideMs === 0)
    return this.#planNow(due, timeMs)
  }

  #planNow(due: readonly OutputNode[], timeMs: number): readonly OutputJob[] | Promise<readonly OutputJob[]> {
    try {
      const jobs: OutputJob[] = []
      for (const output of due) {
        const rdd = this.#streams.at(output.parent, timeMs)
        if (rdd !== undefined) jobs.push(this.#job(output, rdd, timeMs))
      }
      return jobs
    } catch (error) {
      if (!(error instanceof PlanningPending)) throw error
      // What has been computed is kept, so planning again goes on where it stopped.
      const others = this.#streams.askInputs(
        due.map(output => output.parent),
        timeMs,
      )
      return Promise.all([error.settled, others]).then(() => this.#planNow(due, timeMs))
    }
  }

  #job(output: OutputNode, rdd: RDD<unknown>, timeMs: number): OutputJob {
    const { operator, site, parent } = output
    const stream = `${parent.operator} at ${parent.site}`
    return {
      operator,
      site,
      stream,
      run: outputOpId =>
        this.#runOutput({ batchTimeMs: timeMs, outputOpId, stream, site }, () => output.f(rdd, new Time(timeMs))),
    }
  }
}
