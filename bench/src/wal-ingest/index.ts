import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fedLine } from '../feed.ts'
import { startFeeder } from '../feeder.ts'
import { statisticsOf } from '../statistics.ts'
import { flushRate } from './flush-rate.ts'
import { ingestLeg, type Leg, type LegSettings } from './ingest-leg.ts'

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

/** Of the driver’s log and of a receiver’s: an event; the blocks that gather while others are being flushed. */
const [eventBytes, groupBytes] = [4096, 8 << 20]
const lineBytes = fedLine.length + 1

/**
 * Lines from sockets, as fast as they are taken, without the write-ahead log and with it, in turn, and what the disk does by itself for as long: the log cannot be
 * faster. So what is quoted is the ratio to the lesser of the two, of medians: all legs see the same machine. Every other round goes backwards, since a disk that has just been written to
 * may be slower.
 */
export async function measureIngest(
  settings: IngestSettings,
  show: (line: object) => void,
): Promise<readonly string[]> {
  const directory = mkdtempSync(join(settings.directory ?? tmpdir(), 'wal-ingest-'))
  const feeders = await Promise.all(Array.from({ length: settings.receivers }, () => startFeeder()))
  const ports = feeders.map(feeder => feeder.port)
  const rates = { disk: [] as number[], off: [] as number[], on: [] as number[] }
  const flaws: string[] = []
  try {
    show({ disk: flushRate(directory, eventBytes, 1000) })
    for (let round = 0; round < settings.rounds; round++) {
      const legs = ['disk', 'off', 'on'] as const
      for (const leg of round % 2 === 0 ? legs : legs.toReversed()) {
        const { linesPerSecond, flaws: found } = await legOf(leg, {
          ...settings,
          directory,
          ports,
          logged: leg === 'on',
        })
        show({ round, leg, lines_per_s: Math.round(linesPerSecond), mb_per_s: megabytes(linesPerSecond) })
        rates[leg].push(linesPerSecond)
        flaws.push(...found)
      }
    }
  } finally {
    for (const feeder of feeders) feeder.stop()
    rmSync(directory, { recursive: true })
  }
  const { disk, off, on } = { disk: medianOf(rates.disk), off: medianOf(rates.off), on: medianOf(rates.on) }
  show({
    ...{ workload: 'wal-ingest', receivers: settings.receivers, rounds: settings.rounds },
    ...{ mb_per_s: { disk: megabytes(disk), off: megabytes(off), on: megabytes(on) } },
    ...{ on_to_off: ratio(on, off), on_to_disk: ratio(on, disk), on_to_bound: ratio(on, Math.min(off, disk)) },
  })
  return flaws
}

/** What the disk takes, in lines of the same length; or a leg of the program. */
async function legOf(leg: 'disk' | 'off' | 'on', settings: LegSettings): Promise<Leg> {
  if (leg !== 'disk') return ingestLeg(settings)
  const { flushes_per_s } = flushRate(settings.directory, groupBytes, settings.intervalMs * settings.batches)
  return { linesPerSecond: (flushes_per_s * groupBytes) / lineBytes, flaws: [] }
}

const medianOf = (rates: readonly number[]): number => statisticsOf(rates).p50
const ratio = (a: number, b: number): number => Number((a / b).toFixed(3))
const megabytes = (linesPerSecond: number): number => Math.round((linesPerSecond * lineBytes) / 1e6)
