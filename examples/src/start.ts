/**
 * `npm start`: NetworkWordCount with something to count. `npm start -- [HOST PORT] [--batches N]`.
 *
 * Only the batches go to stdout.
 */
import { parseArgs } from 'node:util'
import type { StreamingContext } from 'dstream'
import { startLineServer } from './line-server.ts'
import { networkWordCount } from './network-word-count.ts'

interface Wish {
  /** Absent: a line server of our own is started. */
  readonly source?: { readonly host: string; readonly port: number }
  /** Ends after this many batches; absent: goes on until Ctrl-C. */
  readonly batches?: number
}

async function run({ source, batches }: Wish): Promise<void> {
  const server = source === undefined ? await startLineServer() : undefined
  const { host, port } = source ?? { host: 'localhost', port: server?.port ?? 0 }
  console.error(`Counting the words that come from ${host}:${port}, a batch each second. Ctrl-C stops.`)
  if (server)
    console.error('To feed it yourself: `nc -lk 9999` in another terminal, and `npm start -- localhost 9999` here.')

  const ssc = networkWordCount(host, port)
  stopOnSignals(ssc)
  if (batches !== undefined) stopAfter(ssc, batches)
  ssc.start()
  try {
    await ssc.awaitTermination()
  } finally {
    await server?.close()
  }
}

function stopAfter(ssc: StreamingContext, batches: number): void {
  let completed = 0
  ssc.addStreamingListener({
    onBatchCompleted: () => {
      completed += 1
      if (completed === batches) void ssc.stop()
    },
  })
}

/** One key press is a signal from the terminal and another one from npm, a moment later. */
const samePressMs = 300

/** The first Ctrl-C stops gracefully: what was received is counted and printed. The second one ends at once. */
function stopOnSignals(ssc: StreamingContext): void {
  let firstAt: number | undefined
  const onSignal = () => {
    if (firstAt === undefined) {
      firstAt = performance.now()
      console.error('Stopping when what was received is counted; Ctrl-C again stops at once.')
      void ssc.stop(true, true)
    } else if (performance.now() - firstAt > samePressMs) {
      process.exit(130)
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

/** What was asked for, or undefined when it makes no sense. */
function readArguments(args: string[]): Wish | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { batches: { type: 'string' } },
    })
    const [host, port] = positionals
    const batches =
      values.batches === undefined ? {} : { batches: wholeNumber(values.batches, 1, Number.MAX_SAFE_INTEGER) }
    if (positionals.length === 0) return batches
    if (host === undefined || port === undefined || positionals.length > 2) return undefined
    return { source: { host, port: wholeNumber(port, 1, 65_535) }, ...batches }
  } catch {
    return undefined
  }
}

function wholeNumber(text: string, least: number, most: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(text)
  return value
}

const wish = readArguments(process.argv.slice(2))
if (wish === undefined) {
  console.error('usage: npm start -- [HOST PORT] [--batches N]')
  process.exit(2)
}
await run(wish)
