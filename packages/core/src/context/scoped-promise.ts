import type { JobScope } from './job-scope.ts'

/**
 * The promise of an action that was started in a job scope: knows whether anything waits for it. So does every promise that is
 * chained to it. One that fails while nothing waits for it fails its scope, instead of the process.
 */
export class ScopedPromise<T> extends Promise<T> {
  #scope: JobScope | undefined
  #waitedFor = false

  /** The same outcome, watched by a scope. */
  static within<T>(scope: JobScope, work: Promise<T>): ScopedPromise<T> {
    const scoped = new ScopedPromise<T>((resolve, reject) => void work.then(resolve, reject))
    scoped.#watch(scope)
    return scoped
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#waitedFor = true
    const chained = super.then(onFulfilled, onRejected)
    if (this.#scope !== undefined && chained instanceof ScopedPromise) chained.#watch(this.#scope)
    return chained
  }

  #watch(scope: JobScope): void {
    this.#scope = scope
    scope.track(this, () => this.#waitedFor)
  }
}
