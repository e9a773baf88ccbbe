import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measure, type Measured } from './measure.ts'
import { Samples } from './samples.ts'
import { SoakProgram, type Held } from './soak-program.ts'
import { growsBeyond, trendOf, type Trend } from './trend.ts'

/** What is measured: the process, and what the program holds. */
export type Quantity = keyof Measured | keyof Held | 'workerHeaps'

export interface SoakOptions {
  readonly batches: number
  /** Batches before the first measurement: until then V8 grows its heaps, code is compiled, windows and logs fill. */
  readonly warmUp: number
  readonly samples: number
  /** The most that each may grow in 1,000 batches. */
  readonly bounds: Readonly<Record<Quantity, number>>
  /** Called after each batch: for faults on purpose. */
  readonly afterBatch?: (batch: number) => void
  /** Told how far it is. */
  readonly progress?: (text: string) => void
}

export interface SoakResult {
  readonly batchesPerSecond: number
  readonly trends: ReadonlyMap<Quantity, Trend>
  /** The quantities that grow beyond their bounds. */
  readonly growing: readonly Quantity[]
}

const kb = 1024

/**
 * Of what is counted, less than one in 1,000 batches (but for what a sawtooth of logs and saved state is large by). Memory: a leak of a few bytes a batch is
 * seen in 50,000 of them. In fewer V8 is still finding its sizes: it compiles more, and lists with each shape of objects what it has compiled for it.
 */
export const bounds = (batches: number): Readonly<Record<Quantity, number>> => {
  const short = batches < 20_000
  const long = batches >= 50_000
  const heap = short ? 1_500 * kb : long ? 5 * kb : 20 * kb
  return {
    // For some ten thousand batches it goes up in steps of megabytes, by what is set aside for new objects.
    rss: short ? 200_000 * kb : long ? 100 * kb : 1_500 * kb,
    // It is V8's own, has a most, and is as likely to go down.
    young: Infinity,
    ...{ heap, workerHeaps: heap },
    code: short ? 1_500 * kb : long ? 20 * kb : 60 * kb,
    external: short ? 2_000 * kb : long ? 5 * kb : 50 * kb,
    diskBytes: short ? 500 * kb : 20 * kb,
    diskFiles: short ? 5 : 0.5,
    ...{ handles: 0.5, threads: 0.5, timers: 0.5, listeners: 0.5, resources: 0.5 },
    ...{ lineage: 0.5, keptPartitions: 0.5, rememberedRdds: 0.5 },
  }
}

/** Runs the program for many batches, and looks whether anything grows. Its outputs are checked in each. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { batches, warmUp, samples, bounds, progress } = options
  const directory = mkdtempSync(join(tmpdir(), 'dstream-soak-'))
  const program = new SoakProgram(directory)
  const taken = new Samples(Object.keys(bounds) as Quantity[], samples)
  try {
    await program.start()
    await runBatches(program, warmUp, options)
    const begunMs = performance.now()
    for (let i = 0, done = 0; i < samples; i++) {
      const next = Math.round((batches * (i + 1)) / samples)
      await runBatches(program, next - done, options)
      done = next
      taken.add(done, await look(program))
      progress?.(`${done} batches, ${Math.round((done * 1000) / (performance.now() - begunMs))} a second`)
    }
    const batchesPerSecond = (batches * 1000) / (performance.now() - begunMs)
    const trends = new Map([...taken.points()].map(([name, points]) => [name, trendOf(points)] as const))
    const growing = [...trends].filter(([name, trend]) => growsBeyond(trend, bounds[name])).map(([name]) => name)
    return { batchesPerSecond, trends, growing }
  } finally {
    await program.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function runBatches(program: SoakProgram, count: number, { afterBatch }: SoakOptions): Promise<void> {
  for (let i = 0; i < count; i++) {
    await program.runBatch()
    afterBatch?.(i)
  }
}

/** The workers first: what is left of their garbage when the process is looked at is no part of it. */
async function look(program: SoakProgram): Promise<Record<Quantity, number | undefined>> {
  const { objects: workerHeaps, young } = await program.workerHeaps()
  return { workerHeaps, ...program.held(), ...(await measure(program.checkpoints, young)) }
}

/** `npm run scenarios -- soak [--batches N] [--warm-up N]`. */
export async function main(args: readonly string[]): Promise<boolean> {
  const options = { batches: { type: 'string', default: '10000' }, 'warm-up': { type: 'string' } } as const
  const { values } = parseArgs({ args: [...args], options })
  const batches = Number(values.batches)
  const warmUp = Number(values['warm-up'] ?? Math.min(20_000, Math.ceil(batches / 4)))
  let saidMs = 0
  const result = await soak({
    ...{ batches, warmUp, samples: Math.max(20, Math.min(200, Math.round(batches / 100))), bounds: bounds(batches) },
    progress: text => {
      if (performance.now() - saidMs < 30_000) return
      saidMs = performance.now()
      console.error(text)
    },
  })
  console.log(`${batches} batches after ${warmUp} to warm up, ${Math.round(result.batchesPerSecond)} a second; growth per 1,000 batches:`) // prettier-ignore
  for (const line of table(result, bounds(batches))) console.log(line)
  console.log(result.growing.length === 0 ? 'Nothing grows.' : `Growing: ${result.growing.join(', ')}`)
  return result.growing.length === 0
}

function table({ trends }: SoakResult, bounds: Readonly<Record<Quantity, number>>): string[] {
  const row = (cells: readonly (string | number)[]): string => cells.map(cell => String(cell).padStart(14)).join('')
  const rounded = (value: number): number => Math.round(value * 1000) / 1000
  return [
    row(['', 'first', 'last', 'least squares', 'median slope', 'bound']),
    ...[...trends].map(([name, { first, last, leastSquares, median }]) =>
      row([name, first, last, rounded(leastSquares), rounded(median), bounds[name]]),
    ),
  ]
}
