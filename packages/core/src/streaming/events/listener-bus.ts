import type { StreamingEvent, StreamingListener } from './streaming-listener.ts'
import { tell } from './streaming-listener.ts'

/** Hands every event to every listener, in the order in which they were added, at once. */
export class ListenerBus {
  readonly #listeners = new Set<StreamingListener>()
  readonly #onError: (error: unknown, event: StreamingEvent) => void

  /** @param onError told when a listener throws, or rejects; the others are still called */
  constructor(onError: (error: unknown, event: StreamingEvent) => void) {
    this.#onError = onError
  }

  add(listener: StreamingListener): void {
    this.#listeners.add(listener)
  }

  remove(listener: StreamingListener): void {
    this.#listeners.delete(listener)
  }

  /** @param make makes the event; not called when nobody listens */
  post(make: () => StreamingEvent): void {
    if (this.#listeners.size === 0) return
    const event = make()
    for (const listener of this.#listeners) {
      try {
        const answer: unknown = tell(listener, event)
        // An async method: nobody waits for it, and its failure must not be that of the process.
        if (isThenable(answer)) answer.then(undefined, (error: unknown) => this.#onError(error, event))
      } catch (error) {
        this.#onError(error, event)
      }
    }
  }
}

const isThenable = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof (answer as { readonly then?: unknown } | null | undefined)?.then === 'function'
