import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** What is sent to the store, as one line of JSON: counts to add, and the name under which they are added at most once. */
export interface Addition {
  readonly id: string
  readonly counts: Readonly<Record<string, number>>
}

export interface CountStore {
  readonly port: number
  readonly totals: ReadonlyMap<string, number>
  /** How many connections were made to it. */
  readonly connections: number
  /** Resolves when `done` is true after an addition. */
  until(done: () => boolean): Promise<void>
  close(): Promise<void>
}

/**
 * Plays the database: counts per word in memory, behind a TCP port of its own. An addition and its id are taken together or not at all; one whose
 * id is known already changes nothing. It answers each line with `added` or `known`.
 */
export async function startCountStore(): Promise<CountStore> {
  const totals = new Map<string, number>()
  const ids = new Set<string>()
  const sockets = new Set<Socket>()
  const waiting = new Set<() => void>()
  let connections = 0

  const add = ({ id, counts }: Addition): string => {
    if (ids.has(id)) return 'known'
    ids.add(id)
    for (const [word, count] of Object.entries(counts)) totals.set(word, (totals.get(word) ?? 0) + count)
    for (const look of waiting) look()
    return 'added'
  }
  const server = createServer(socket => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    createInterface({ input: socket })
      .on('line', line => socket.write(`${add(JSON.parse(line) as Addition)}\n`))
      .on('error', () => {}) // it passes on the socket's
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, 'localhost', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    totals,
    get connections() {
      return connections
    },
    until: done =>
      new Promise(resolve => {
        const look = () => {
          if (!done()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
