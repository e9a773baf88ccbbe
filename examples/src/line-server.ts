import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

const sentences = [
  'hello world',
  'hello stream',
  'the quick brown fox jumps over the lazy dog',
  'to be or not to be that is the question',
  'a stream is a sequence of small batches',
  'every batch is a small dataset',
  'the world is a stream of small questions',
] as const

const tickMs = 20
const linesPerTick = 2

export interface LineServer {
  readonly port: number
  /** Ends the connections and stops listening. */
  close(): Promise<void>
}

/**
 * Serves text over TCP on loopback, on a port that the system chooses: to everyone who connects, a hundred sentences a second, without end,
 * and the same ones in the same order each time.
 */
export async function startLineServer(): Promise<LineServer> {
  const connections = new Set<Socket>()
  const server = createServer(socket => {
    connections.add(socket)
    const stop = sendSentences(socket)
    socket.on('error', () => {}) // the reader went away, which is its good right
    socket.on('close', () => {
      stop()
      connections.delete(socket)
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, 'localhost', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => closeAll(server, connections) }
}

/** Sends until it is told to stop; waits when the reader is slow. */
function sendSentences(socket: Socket): () => void {
  const next = sentenceSource()
  const timer = setInterval(() => {
    if (!socket.writableNeedDrain) socket.write(`${Array.from({ length: linesPerTick }, next).join('\n')}\n`)
  }, tickMs)
  return () => clearInterval(timer)
}

/** Draws sentences by a linear congruential generator: no chance in it, and no visible order. */
function sentenceSource(): () => string {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return sentences[(state >>> 16) % sentences.length] ?? sentences[0]
  }
}

function closeAll(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  for (const socket of connections) socket.destroy()
  return new Promise(resolve => server.close(() => resolve()))
}
