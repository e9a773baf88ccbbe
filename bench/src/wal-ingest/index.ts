import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fedLine } from '../feed.ts'
import { startFeeder } from '../feeder.ts'
import { statisticsOf } from '../statistics.ts'
import { flushRate } from './flush-rate.ts'
import { ingestLeg } from './ingest-leg.ts'

export interface IngestSettings {
  readonly rounds: number
  readonly intervalMs: number
  /** Of each leg. */
  readonly batches: number
  readonly receivers: number
  /** Where logs are written; default: the system’s directory of temporary files. */
  readonly directory?: string
  readonly conf: Readonly<Record<string, string>>
}

/** The least and the most that a log flushes at once, in bytes: an event of the driver, blocks that have gathered. */
const appends = [4096, 2 << 20, 8 << 20]
const flushForMs = 1000
const lineBytes = fedLine.length + 1

/**
 * Lines from sockets, as fast as they are taken, without the write-ahead log and with it, in turn, and what the disk does by itself before and after. What is
 * quoted is the ratio of the medians: both legs see the same machine.
 */
export async function measureIngest(
  settings: IngestSettings,
  show: (line: object) => void,
): Promise<readonly string[]> {
  const directory = mkdtempSync(join(settings.directory ?? tmpdir(), 'wal-ingest-'))
  const feeders = await Promise.all(Array.from({ length: settings.receivers }, () => startFeeder()))
  const rates = { off: [] as number[], on: [] as number[] }
  const flaws: string[] = []
  try {
    const ports = feeders.map(feeder => feeder.port)
    for (let round = 0; round < settings.rounds; round++) {
      for (const bytes of appends) show({ disk: flushRate(directory, bytes, flushForMs) })
      for (const leg of ['off', 'on'] as const) {
        const { linesPerSecond, flaws: found } = await ingestLeg({
          ...settings,
          directory,
          ports,
          logged: leg === 'on',
        })
        show({ log: leg, lines_per_s: Math.round(linesPerSecond), mb_per_s: megabytes(linesPerSecond) })
        rates[leg].push(linesPerSecond)
        flaws.push(...found)
      }
    }
  } finally {
    for (const feeder of feeders) feeder.stop()
    rmSync(directory, { recursive: true })
  }
  const [off, on] = [statisticsOf(rates.off), statisticsOf(rates.on)]
  show({ workload: 'wal-ingest', receivers: settings.receivers, lines_per_s_off: off, lines_per_s_on: on, mb_per_s_on: megabytes(on.p50), ratio: Number((on.p50 / off.p50).toFixed(3)) }) // prettier-ignore
  return flaws
}

const megabytes = (linesPerSecond: number): number => Math.round((linesPerSecond * lineBytes) / 1e6)
