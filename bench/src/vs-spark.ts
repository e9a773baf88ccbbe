import { dirname } from 'node:path'
import { median } from '@dstream/tools/statistics'
import { childLine, ownLine } from './child-line.ts'
import { startFeeder } from './feeder.ts'
import { linesFile } from './lines.ts'

type Line = Readonly<Record<string, unknown>>

/** Which figure of two lines is compared, and whether a larger one is better. */
interface Figure {
  readonly name: string
  readonly of: (line: Line) => number
  readonly larger: boolean
}

const p50 = (name: string) => (line: Line) => Number((line[name] as { readonly p50: number }).p50)
const seconds = (line: Line, batches: number) => (Number(line['interval_ms']) * batches) / 1000

function figuresOf(workload: string, batches: number): Figure[] {
  const first = { name: 'first_batch_ms', of: (line: Line) => Number(line['first_batch_ms']), larger: false }
  if (workload === 'socket') {
    return [
      { name: 'records_per_s', of: line => Number(line['records']) / seconds(line, batches), larger: true },
      first,
    ]
  }
  return [
    { name: 'job_ms', of: p50('job_ms'), larger: false },
    { name: 'processing_ms', of: p50('processing_ms'), larger: false },
    first,
  ]
}

/** How often better the second is than the first. */
export function timesBetter(theirs: number, ours: number, larger: boolean): number {
  return Math.round((larger ? ours / theirs : theirs / ours) * 100) / 100
}

/**
 * Runs Spark's program and ours in turn, so that both meet the same machine, and returns the medians of the rounds and their ratios.
 *
 * @param show called with every line as it comes
 */
export async function versusSpark(
  workload: string,
  intervalMs: number,
  batches: number,
  rounds: number,
  show: (line: Line) => void,
): Promise<object> {
  const spark: Line[] = []
  const ours: Line[] = []
  for (let round = 0; round < rounds; round++) {
    spark.push(await sparkLine(workload, intervalMs, batches))
    show(spark.at(-1) ?? {})
    ours.push(
      await ownLine('main', [workload, '--interval', String(intervalMs), '--batches', String(batches), '--json']),
    )
    show(ours.at(-1) ?? {})
  }
  const entries = figuresOf(workload, batches).map(({ name, of, larger }) => {
    const [theirs, mine] = [median(spark.map(of)), median(ours.map(of))]
    return [name, { spark: theirs, dstream: mine, times_better: timesBetter(theirs, mine, larger) }]
  })
  return { workload, interval_ms: intervalMs, rounds, ...Object.fromEntries(entries) }
}

/** Installs Spark and compiles its program on first use. */
async function sparkLine(workload: string, intervalMs: number, batches: number): Promise<Line> {
  const launcher = new URL('../spark/spark', import.meta.url).pathname
  const feeder = workload === 'socket' ? await startFeeder() : undefined
  try {
    return await childLine(
      'bash',
      [launcher, workload, intervalMs, batches, dirname(linesFile()), feeder?.port ?? 0].map(String),
    )
  } finally {
    feeder?.stop()
  }
}
