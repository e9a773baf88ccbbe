import { appendFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { threadId } from 'node:worker_threads'
import { Receiver } from 'dstream'
import type { SourceRecord } from './source.ts'

/** A record, and the name of the block in which it was stored. */
export type StoredRecord = readonly [...SourceRecord, block: string]

/**
 * Reads from the source's server: each line is a group of records, which becomes one block. A group is acknowledged once it is stored. What was not
 * acknowledged comes again when the receiver connects again. What it does with each block is written into the journal.
 */
export class ReliableSource extends Receiver<StoredRecord> {
  readonly #port: number
  readonly #journal: string
  #socket: Socket | undefined

  constructor(port: number, directory: string) {
    super()
    this.#port = port
    this.#journal = join(directory, 'journal')
  }

  override onStart(): void {
    void this.#receive()
  }

  override onStop(): void {
    this.#socket?.destroy()
  }

  async #receive(): Promise<void> {
    try {
      const socket = connect(this.#port, '127.0.0.1')
      this.#socket = socket
      socket.on('error', () => {})
      let blocks = 0
      for await (const line of createInterface({ input: socket })) {
        const records = JSON.parse(line) as readonly SourceRecord[]
        const block = `${process.pid}-${threadId}-${Date.now()}-${blocks++}`
        const [first, last] = [records[0]![0], records.at(-1)![0]]
        appendFileSync(this.#journal, `storing ${block} ${first} ${last}\n`)
        await this.store(records.map(record => [...record, block] as const))
        appendFileSync(this.#journal, `stored ${block}\n`)
        socket.write(`${last + 1}\n`)
      }
      if (!this.isStopped()) this.restart('The connection has ended')
    } catch (error) {
      this.#socket?.destroy()
      if (!this.isStopped()) this.restart('Receiving failed', error)
    }
  }
}
