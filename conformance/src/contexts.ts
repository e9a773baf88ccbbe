import { SparkConf, SparkContext, StreamingContext } from 'dstream'
import { within } from './within.ts'
import { countTasks, type TaskCounts } from './tasks.ts'

/** Hands out SparkContexts: one for all cases that may share it, a fresh one where a case wants its own. At most one runs at a time. */
export class Contexts {
  readonly tasks: TaskCounts = new Map()
  readonly #master: string
  #current: SparkContext | undefined
  #fresh = false

  constructor(master: string) {
    this.#master = master
  }

  /** The shared context. */
  async shared(): Promise<SparkContext> {
    if (this.#current !== undefined && !this.#fresh) return this.#current
    return this.#replace(false)
  }

  /** A context that no case has used; the one before is stopped. */
  fresh(): Promise<SparkContext> {
    return this.#replace(true)
  }

  /** Stops what runs. */
  async close(): Promise<void> {
    const context = this.#current
    this.#current = undefined
    await context?.stop()
  }

  /** Stops what a case that does not end has left running; waits a little for that, and no longer. */
  async abandon(): Promise<void> {
    const stopping = Promise.all([StreamingContext.getActive()?.stop(false), this.close()])
    try {
      await within(stopping, 5000, 'Stopping')
    } catch (error) {
      console.error('What a case left running could not be stopped:', error)
    }
  }

  async #replace(fresh: boolean): Promise<SparkContext> {
    await this.close()
    const context = new SparkContext(new SparkConf().setMaster(this.#master).setAppName('conformance'))
    // Many cases are about failures: they are in the results, and not in the log.
    context.setLogLevel('OFF')
    countTasks(context, this.tasks)
    this.#current = context
    this.#fresh = fresh
    return context
  }
}
