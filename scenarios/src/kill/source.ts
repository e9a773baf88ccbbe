import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Random } from '@dstream/tools/random'

/** A record of the source. Offsets count from 0. */
export type SourceRecord = readonly [offset: number, key: string, value: number]

/** A line of an input file. */
export interface FileRecord {
  readonly id: string
  readonly key: string
  readonly value: number
}

const recordsPerGroup = 10
/** Records on their way that are not acknowledged. */
const mostUnacknowledged = 60
const linesPerFile = 5
const keys = 12

/**
 * Where the input comes from; it outlives the program. A log of records that are served over TCP, from the first that is not acknowledged on, and files that are moved
 * into a directory. It remembers everything it gave: that is what the oracle knows.
 */
export class Source {
  readonly log: SourceRecord[] = []
  readonly files: FileRecord[] = []
  /** Every record before this offset is acknowledged. */
  acknowledged = 0
  /** Times that a receiver has connected. */
  connections = 0
  readonly #directory: string
  readonly #random: Random
  readonly #server: Server
  #connected: { readonly socket: Socket; sent: number } | undefined
  #numFiles = 0

  private constructor(directory: string, random: Random) {
    this.#directory = directory
    this.#random = random
    this.#server = createServer(socket => this.#accept(socket))
    for (const name of ['input', 'input-unfinished']) mkdirSync(join(directory, name))
  }

  static async start(directory: string, random: Random): Promise<Source> {
    const source = new Source(directory, random)
    await new Promise<void>(resolve => source.#server.listen(0, '127.0.0.1', resolve))
    return source
  }

  get port(): number {
    return (this.#server.address() as { readonly port: number }).port
  }

  /** More records for the receiver. */
  produce(count: number): void {
    for (let i = 0; i < count; i++) this.log.push([this.log.length, this.#key(), this.#value()])
    this.#send()
  }

  /** One more file. The line of `deadly` ends the worker that reads it first. */
  produceFile(deadly = false): void {
    const number = this.#numFiles++
    const records = Array.from({ length: linesPerFile }, (_, line): FileRecord => {
      return { id: `f${number}.${line}`, key: this.#key(), value: this.#value() }
    })
    this.files.push(...records)
    const lines = records.map(
      ({ id, key, value }) => `${id} ${key} ${value}${deadly && id.endsWith('.0') ? ' deadly' : ''}\n`,
    )
    const unfinished = join(this.#directory, 'input-unfinished', `${number}`)
    writeFileSync(unfinished, lines.join(''))
    renameSync(unfinished, join(this.#directory, 'input', `${number}`))
  }

  close(): void {
    this.#connected?.socket.destroy()
    this.#server.close()
  }

  #accept(socket: Socket): void {
    this.connections++
    this.#connected?.socket.destroy()
    const connected = { socket, sent: this.acknowledged }
    this.#connected = connected
    let rest = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.acknowledged = Math.max(this.acknowledged, Number(line))
      this.#send()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#connected === connected) this.#connected = undefined
    })
    this.#send()
  }

  #send(): void {
    const to = this.#connected
    if (to === undefined) return
    const end = Math.min(this.log.length, this.acknowledged + mostUnacknowledged)
    for (; to.sent < end; to.sent = Math.min(end, to.sent + recordsPerGroup))
      to.socket.write(`${JSON.stringify(this.log.slice(to.sent, Math.min(end, to.sent + recordsPerGroup)))}\n`)
  }

  #key(): string {
    return `key${this.#random.below(keys)}`
  }

  #value(): number {
    return this.#random.below(1000)
  }
}
