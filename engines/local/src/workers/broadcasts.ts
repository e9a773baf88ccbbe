import type { AddBroadcast } from './protocol.ts'

/** The broadcast values that new threads are told: each once, in shared memory. */
export class Broadcasts {
  readonly #messages = new Map<string, AddBroadcast>()

  add(key: string, bytes: Uint8Array<SharedArrayBuffer>): AddBroadcast {
    const message = { type: 'broadcast', key, bytes } as const
    this.#messages.set(key, message)
    return message
  }

  /** Forgets a value. A thread that starts later does not know that it was there. */
  remove(key: string): void {
    this.#messages.delete(key)
  }

  get messages(): readonly AddBroadcast[] {
    return [...this.#messages.values()]
  }
}
