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

/** What was asked for. @throws Error that says which argument makes no sense, and why */
function readArguments(args: string[]): Wish {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { batches: { type: 'string' } },
  })
  const [host, port, ...others] = positionals
  const batches =
    values.batches === undefined
      ? {}
      : { batches: wholeNumber('--batches', values.batches, 1, Number.MAX_SAFE_INTEGER) }
  if (host === undefined) return batches
  if (port === undefined) throw new Error(`HOST "${host}" comes without a PORT`)
  if (others.length > 0) throw new Error(`"${others[0]}" is one argument too many`)
  return { source: { host, port: wholeNumber('PORT', port, 1, 65_535) }, ...batches }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  const range = most === Number.MAX_SAFE_INTEGER ? `, ${least} or more` : ` from ${least} to ${most}`
  throw new Error(`${name} has to be a whole number${range}, not "${text}"`)
}

function wishOf(args: string[]): Wish {
  try {
    return readArguments(args)
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: npm start -- [HOST PORT] [--batches N]`)
    process.exit(2)
  }
}

await run(wishOf(process.argv.slice(2)))
