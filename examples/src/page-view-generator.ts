import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { formatPageView, type PageView } from './page-view.ts'

/** What comes how often, in hundredths. */
const pages = { 'http://foo.com/': 70, 'http://foo.com/news': 20, 'http://foo.com/contact': 10 }
const statuses = { 200: 95, 404: 5 }
const zipCodes = { 94709: 50, 94117: 50 }
const users = 100

/** Spark's clickstream.PageViewGenerator: sends page views over TCP, so many a second to everyone who connects. */
export function pageViewGenerator(port: number, viewsPerSecond: number): Promise<Server> {
  const server = createServer(socket => {
    const stop = sendViews(socket, viewsPerSecond)
    socket.on('error', () => {}) // the reader went away, which is its good right
    socket.on('close', stop)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, 'localhost', () => resolve(server))
  })
}

function sendViews(socket: Socket, viewsPerSecond: number): () => void {
  const next = pageViews()
  const timer = setInterval(() => {
    if (!socket.writableNeedDrain) socket.write(`${formatPageView(next())}\n`)
  }, 1000 / viewsPerSecond)
  return () => clearInterval(timer)
}

/** Draws page views by a linear congruential generator: the same ones each time. */
export function pageViews(): () => PageView {
  let state = 1
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 16) % limit
  }
  const one = (weights: Readonly<Record<string, number>>): string => {
    let drawn = below(100)
    return Object.entries(weights).find(([, weight]) => (drawn -= weight) < 0)?.[0] ?? ''
  }
  return () => ({
    url: one(pages),
    status: Number(one(statuses)),
    zipCode: Number(one(zipCodes)),
    userID: below(users) + 1,
  })
}

// Run by itself: page-view-generator.ts PORT VIEWS_PER_SECOND (port 0: one that is free)
if (process.argv[1] === import.meta.filename) {
  const [port = '44444', viewsPerSecond = '10'] = process.argv.slice(2)
  const server = await pageViewGenerator(Number(port), Number(viewsPerSecond))
  console.log(`Listening on port: ${(server.address() as AddressInfo).port}`)
}
