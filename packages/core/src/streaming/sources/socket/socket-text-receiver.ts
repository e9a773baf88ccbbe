import { LineBuffer } from '../../blocks/line-buffer.ts'
import { linkOf, Receiver } from '../../receivers/receiver.ts'
import { connect } from './connection.ts'
import type { Connection } from './connection.ts'

/**
 * Lines of text from a TCP server, kept as the bytes they came in until a task reads them; no string is made here.
 *
 * A line ends at \n, \r\n or \r; what is left when the connection ends is a line; a longer line than `maxLineBytes` is cut off there
 * and reported. When blocks wait, reading stops and TCP holds the sender back. Refused, reset or ended: it connects again after
 * `spark.streaming.receiverRestartDelay`.
 *
 * @see Spark's `SocketReceiver`
 */
export class SocketTextReceiver extends Receiver<string> {
  readonly #host: string
  readonly #port: number
  readonly #lines: LineBuffer
  #connection: Connection | undefined
  #reportedCut = 0

  constructor(host: string, port: number, maxLineBytes: number) {
    super()
    this.#host = host
    this.#port = port
    this.#lines = new LineBuffer(maxLineBytes)
  }

  override onStart(): void {
    const { generator } = linkOf(this)
    generator.removePart(this.#lines)
    generator.addPart(this.#lines)
    let connected = false
    this.#connection = connect(this.#host, this.#port, {
      onConnect: () => (connected = true),
      onBytes: bytes => {
        this.#lines.feed(bytes)
        generator.added(this.#lines)
        this.#reportCut()
        return generator.full ? generator.room() : undefined
      },
      onClose: error => {
        this.#connection = undefined
        this.#end()
        this.restart(...whyClosed(this.#host, this.#port, connected, error))
      },
    })
  }

  /** A line that has begun and not ended is no record yet: when it is we who end the connection, it is dropped. */
  override onStop(): void {
    this.#connection?.close()
    this.#connection = undefined
    this.#lines.drop()
  }

  #end(): void {
    this.#lines.end()
    linkOf(this).generator.added(this.#lines)
  }

  #reportCut(): void {
    const cut = this.#lines.truncatedLines
    for (; this.#reportedCut < cut; this.#reportedCut++)
      this.reportError('A line was longer than spark.dstream.socket.maxLineBytes and was cut off')
  }
}

/** Spark's words for the three ways in which a connection ends. */
export function whyClosed(
  host: string,
  port: number,
  connected: boolean,
  error: unknown,
): [message: string, error?: unknown] {
  if (!connected) return [`Error connecting to ${host}:${port}`, error]
  return error === undefined ? ['Socket data stream had no more data'] : ['Error receiving data', error]
}
