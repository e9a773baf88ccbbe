import type { StreamingEvent, StreamingListener } from './streaming-listener.ts'
import { tell } from './streaming-listener.ts'

/** Hands every event to every listener, in the order in which they were added, at once. */
export class ListenerBus {
  readonly #listeners = new Set<StreamingListener>()
  readonly #onError: (error: unknown, event: StreamingEvent) => void

  /** @param onError told when a listener throws; the others are still called */
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
        tell(listener, event)
      } catch (error) {
        this.#onError(error, event)
      }
    }
  }
}
