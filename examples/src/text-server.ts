import { createServer, type AddressInfo, type Socket } from 'node:net'

export interface TextServer {
  readonly port: number
  close(): Promise<void>
}

/** What one connection gets: a text, or bytes, after which the connection stays open, or is ended. */
export interface Reply {
  readonly text: string | Uint8Array
  readonly end?: boolean
}

/** Sends a known text over TCP on loopback: `reply(n)` to the connection number `n`, from 0. */
export async function startTextServer(reply: (connection: number) => Reply): Promise<TextServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    const { text, end = false } = reply(connections)
    connections += 1
    if (end) socket.end(text)
    else socket.write(text)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, 'localhost', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
