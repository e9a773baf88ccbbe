import { parseArgs } from 'node:util'
import { ChildFailed, ownLine } from './child-line.ts'
import { heldInterval } from './held-interval.ts'
import { linesFile } from './lines.ts'
import { measureMemory } from './memory.ts'
import { runWorkload, type Run } from './run-workload.ts'
import { readableLine } from './readable.ts'
import { versusSpark } from './vs-spark.ts'
import { measureCheckpointCost } from './recovery/checkpoint-cost.ts'
import { measureRecovery } from './recovery/index.ts'
import { operators } from './recovery/million-keys.ts'
import { measureIngest } from './wal-ingest/index.ts'
import { workloads } from './workloads/index.ts'
import { runSocket } from './workloads/socket.ts'

const names = [...Object.keys(workloads), 'socket']
const usage = `usage: npm run bench -- WORKLOAD [--interval MS] [--batches N | --seconds S] [--json] [--floor] [--vs-spark [--rounds N]]
workloads: ${names.join(', ')}, memory, recovery [--rounds N], checkpoint-cost [--rounds N] [--batches N],
  wal-ingest [--rounds N] [--batches N] [--receivers N] [--directory DIR] [--conf KEY=VALUE …]
  --floor     also the same work written by hand for two threads, without an engine
  --vs-spark  Spark's program and ours in turn; without WORKLOAD: all of them (needs Java 17 and Python 3)
A run proves its result: the checksum of the work by hand, every worker used, nothing reused between batches; else it ends with code 1.`

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    interval: { type: 'string' },
    batches: { type: 'string' },
    seconds: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    floor: { type: 'boolean', default: false },
    'vs-spark': { type: 'boolean', default: false },
    receivers: { type: 'string', default: '1' },
    directory: { type: 'string' },
    conf: { type: 'string', multiple: true, default: [] },
  },
})

const show = (line: object) => console.log(options.json ? JSON.stringify(line) : readableLine(line))

process.exitCode = await main(positionals[0])
// The feeder and Spark are gone by now; what is left of idle handles shall not keep the command waiting.
process.exit()

async function main(name: string | undefined): Promise<number> {
  if (options['vs-spark']) return compare(name === undefined ? names : [name])
  if (name === 'memory') {
    show(await measureMemory(Number(options.interval ?? 2), Number(options.batches ?? 10_000)))
    return 0
  }
  if (name === 'recovery') {
    for (const operator of operators) show(await measureRecovery(operator, Number(options.rounds), show))
    return 0
  }
  if (name === 'checkpoint-cost') {
    const sizes = { rounds: Number(options.rounds), batches: Number(options.batches ?? 60) }
    for (const operator of operators) show(await measureCheckpointCost(operator, sizes, show))
    return 0
  }
  if (name === 'wal-ingest') return ingest()
  if (name === undefined || !names.includes(name)) {
    console.error(usage)
    return 2
  }
  linesFile()
  return measure(name)
}

async function ingest(): Promise<number> {
  const { rounds, receivers, interval = '200', batches = '30', directory, conf } = options
  const pairs = conf.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
  const settings = {
    ...{ rounds: Number(rounds), receivers: Number(receivers), intervalMs: Number(interval), batches: Number(batches) },
    conf: Object.fromEntries(pairs),
    ...(directory !== undefined && { directory }),
  }
  return proved('wal-ingest', await measureIngest(settings, show))
}

function proved(name: string, flaws: readonly string[]): number {
  for (const flaw of flaws) console.error(`${name}: not proved: ${flaw}`)
  return flaws.length === 0 ? 0 : 1
}

function sizeOf(name: string): { intervalMs: number; batches: number } {
  const { intervalMs: suggested, batches: usual } = workloads[name] ?? { intervalMs: 500, batches: 40 }
  const intervalMs = Number(options.interval ?? suggested)
  const wanted = options.seconds === undefined ? options.batches : (Number(options.seconds) * 1000) / intervalMs
  return { intervalMs, batches: Math.round(Number(wanted ?? usual)) }
}

async function measure(name: string): Promise<number> {
  const { intervalMs, batches } = sizeOf(name)
  const workload = workloads[name]
  const run: Run = workload ? await runWorkload(workload, intervalMs, batches) : await runSocket(intervalMs, batches)
  show(run.line)
  if (options.seconds !== undefined) show({ held: heldInterval(run.ended, intervalMs) })
  if (options.floor) await showFloor(name, batches, run)
  return proved(name, run.flaws)
}

async function showFloor(name: string, batches: number, run: Run): Promise<void> {
  const line = await ownLine('floors/main', [name, String(batches)])
  show(line)
  if ('job_ms' in line)
    show({ times_the_floor: (run.line.job_ms.p50 / (line['job_ms'] as { readonly p50: number }).p50).toFixed(2) })
}

async function compare(chosen: readonly string[]): Promise<number> {
  try {
    for (const name of chosen) {
      const { intervalMs, batches } = sizeOf(name)
      show(await versusSpark(name, intervalMs, batches, Number(options.rounds), show))
    }
    return 0
  } catch (error) {
    if (!(error instanceof ChildFailed)) throw error
    console.error(`The comparison ended: ${error.message}`)
    return 1
  }
}
