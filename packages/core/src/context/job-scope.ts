import { AsyncLocalStorage } from 'node:async_hooks'

/** What the jobs of an output operation carry. */
export interface JobScopeFields {
  readonly batchTimeMs?: number
  readonly outputOpId?: number
  readonly stream?: string
  /** Where the output operation was written: for jobs that are not started by a line of the user's (those of `print`). */
  readonly site?: string
}

/**
 * The jobs that are started while a function runs. The scope ends when the function and all of them have ended; its failure is the
 * first failure that nobody has taken care of.
 *
 * Invariants:
 * 1. an action that was started in the scope holds it open until it has settled, awaited or not;
 * 2. a failure counts when it is the function's own, or of an action (or of what was chained to it) that nothing has waited for by the end;
 * 3. what starts after the end (in a timer, say) is not the scope's: its failure is told as that of any other promise.
 */
export class JobScope {
  readonly fields: JobScopeFields
  readonly #pending = new Set<Promise<unknown>>()
  readonly #failures: Failure[] = []
  #changed: () => void = () => {}
  #ended = false

  constructor(fields: JobScopeFields) {
    this.fields = fields
  }

  /** Runs `f` in the scope. Resolves with its result once all has ended. */
  async run<R>(f: () => R | Promise<R>): Promise<R> {
    let result: { readonly value: R } | undefined
    try {
      result = { value: await running.run(this, f) }
    } catch (error) {
      this.#failures.push({ error, isHandled: () => false })
    }
    while (this.#pending.size > 0) await new Promise<void>(resolve => (this.#changed = resolve))
    this.#ended = true
    const failure = this.#failures.find(({ isHandled }) => !isHandled())
    if (failure !== undefined) throw failure.error
    return result!.value
  }

  /** Holds the scope open until the promise has settled; `isHandled` says at the end whether somebody else takes its failure. */
  track(promise: Promise<unknown>, isHandled: () => boolean): void {
    if (this.#ended) return
    this.#pending.add(promise)
    const settled = (): void => {
      this.#pending.delete(promise)
      this.#changed()
    }
    const failed = (error: unknown): void => {
      this.#failures.push({ error, isHandled })
      settled()
    }
    // Not `promise.then`: that would count as somebody who waits for it.
    void Promise.prototype.then.call(promise, settled, failed)
  }
}

interface Failure {
  readonly error: unknown
  readonly isHandled: () => boolean
}

const running = new AsyncLocalStorage<JobScope>()

/** The scope in which this is called. */
export const currentScope = (): JobScope | undefined => running.getStore()
