import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Addition } from './count-store.ts'

/** A connection to the count store. It cannot travel, as no open connection can: make it where it is used, in the task. */
export class StoreConnection {
  readonly #socket: Socket
  readonly #answers: AsyncIterator<string>

  constructor(host: string, port: number) {
    this.#socket = connect(port, host)
    this.#answers = createInterface({ input: this.#socket })[Symbol.asyncIterator]()
  }

  /** Resolves when the store has it. */
  async add(addition: Addition): Promise<void> {
    this.#socket.write(`${JSON.stringify(addition)}\n`)
    if ((await this.#answers.next()).done) throw new Error('The store has closed the connection.')
  }

  close(): void {
    this.#socket.end()
  }
}
