import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { Buffer } from 'node:buffer'

/** A read takes at most this much; the memory is used again for the next one. */
const readBytes = 256 * 1024
/** A quiet connection is asked after this long whether its other end is still there. */
const keepAliveMs = 60_000

/** What happens on a connection. */
export interface ConnectionEvents {
  readonly onConnect: () => void
  /** Bytes; their memory is used again afterwards. Returning a promise stops reading until it resolves: TCP holds the sender back. */
  readonly onBytes: (bytes: Uint8Array) => Promise<void> | undefined
  /** Once, at the end: with the error, if that is why. */
  readonly onClose: (error: unknown) => void
}

/** A TCP connection that is only read from. */
export interface Connection {
  close(): void
}

/** Connects. Nothing throws: what goes wrong is told by `onClose`. */
export function connect(host: string, port: number, events: ConnectionEvents): Connection {
  let failure: unknown
  let closed = false
  const buffer = Buffer.allocUnsafeSlow(readBytes)
  const onRead = (n: number): boolean => {
    const wait = closed ? undefined : events.onBytes(buffer.subarray(0, n))
    if (wait === undefined) return true
    void wait.then(() => socket.resume())
    return false
  }
  const socket: Socket = createConnection({
    host,
    port,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    onread: { buffer, callback: onRead },
  })
  socket.on('connect', events.onConnect)
  socket.on('error', error => (failure = error))
  socket.on('close', () => {
    if (closed) return
    closed = true
    events.onClose(failure)
  })
  return {
    close: () => {
      closed = true
      socket.destroy()
    },
  }
}
