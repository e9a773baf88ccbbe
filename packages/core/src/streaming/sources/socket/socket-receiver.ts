import { Receiver } from '../../receivers/receiver.ts'
import { connect } from './connection.ts'
import type { Connection } from './connection.ts'
import { whyClosed } from './socket-text-receiver.ts'

/**
 * Makes records of the bytes of a connection, which come in chunks cut anywhere. Called once for each connection; when what it returns
 * has ended, or the connection has, the receiver connects again. Each chunk is a copy of its own.
 */
export type ByteConverter<T> = (
  chunks: AsyncIterable<Uint8Array>,
) => AsyncIterable<T> | Iterable<T> | Promise<AsyncIterable<T> | Iterable<T>>

/**
 * Records from a TCP server, made of its bytes by the user's converter, in the receiver's thread.
 *
 * @see Spark's `SocketReceiver`
 */
export class SocketReceiver<T> extends Receiver<T> {
  readonly #host: string
  readonly #port: number
  readonly #convert: ByteConverter<T>
  #connection: Connection | undefined

  constructor(host: string, port: number, convert: ByteConverter<T>) {
    super()
    this.#host = host
    this.#port = port
    this.#convert = convert
  }

  override onStart(): void {
    const chunks = new Chunks()
    let connected = false
    const connection = connect(this.#host, this.#port, {
      onConnect: () => {
        connected = true
        // The last word is the converter's: it may have records left when the connection has ended.
        void this.#receive(chunks).then(
          () => this.#ended(connection, 'Socket data stream had no more data'),
          (error: unknown) => this.#ended(connection, 'Error receiving data', error),
        )
      },
      onBytes: bytes => chunks.push(Uint8Array.from(bytes)),
      onClose: error => {
        if (connected) chunks.end(error)
        else this.#ended(connection, ...whyClosed(this.#host, this.#port, connected, error))
      },
    })
    this.#connection = connection
  }

  override onStop(): void {
    this.#connection?.close()
    this.#connection = undefined
  }

  async #receive(chunks: Chunks): Promise<void> {
    for await (const record of await this.#convert(chunks)) await this.storeOne(record)
  }

  #ended(connection: Connection, message: string, error?: unknown): void {
    connection.close()
    if (this.#connection === connection) this.restart(message, error)
  }
}

/** The chunks of a connection: while one waits to be taken, the connection is not read. */
class Chunks implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = []
  #ended: { readonly error: unknown } | undefined
  #more = Promise.withResolvers<void>()
  #taken = Promise.withResolvers<void>()

  /** Resolves when everything that was pushed has been taken. */
  push(chunk: Uint8Array): Promise<void> {
    this.#waiting.push(chunk)
    this.#more.resolve()
    return this.#taken.promise
  }

  /** No more; what was pushed can still be taken. */
  end(error: unknown): void {
    this.#ended = { error }
    this.#more.resolve()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      for (let chunk = this.#waiting.shift(); chunk !== undefined; chunk = this.#waiting.shift()) {
        if (this.#waiting.length === 0) this.#allTaken()
        yield chunk
      }
      if (this.#ended?.error !== undefined) throw this.#ended.error
      if (this.#ended !== undefined) return
      await this.#more.promise
      this.#more = Promise.withResolvers()
    }
  }

  #allTaken(): void {
    this.#taken.resolve()
    this.#taken = Promise.withResolvers()
  }
}
