import type { Faults } from '../world/faults.ts'
import { current } from '../world/simulated-process.ts'
import type { SimulatedStore } from '../world/simulated-store.ts'
import type { World } from '../world/world.ts'
import type { Outside } from './build.ts'
import { inputsOf, type ProgramPlan } from './plan.ts'
import { Sink } from './sink.ts'
import { drawLines, Source, type Store } from './sources.ts'

export interface SimulatedOutsideParts {
  readonly world: World
  readonly plan: ProgramPlan
  readonly store: SimulatedStore
  readonly faults: Faults
}

/** What comes into a program, what it puts out, and what waits in between. */
export class SimulatedOutside implements Outside {
  readonly sink = new Sink()
  readonly sources: readonly Source[]
  /** The lines of each input file that is in the watched directory. */
  readonly files = new Map<string, readonly string[]>()
  /** The most bytes that one process had received and not put out. */
  mostWaitingBytes = 0
  readonly #parts: SimulatedOutsideParts

  constructor(parts: SimulatedOutsideParts) {
    this.#parts = parts
    const { world, plan } = parts
    this.sources = Array.from(
      { length: plan.receivers },
      (_, i) => new Source(i, world, plan.batchMs / 10, () => this.#countWaiting()),
    )
  }

  /** Everything that comes in comes between now and then. */
  planData(untilMs: number): void {
    const { world, plan } = this.#parts
    const { random, nowMs: fromMs } = world
    const span = untilMs - fromMs
    for (const source of this.sources) {
      for (let n = random.between(5, 30); n > 0; n--)
        world.at(fromMs + random.below(span), () => source.append(drawLines(random)))
    }
    if (!plan.files) return
    for (let n = random.between(3, 10); n > 0; n--) {
      const name = `f${n}`
      const atMs = fromMs + random.below(span)
      // Many just before a batch, to be moved in just after it: which batch has them must not depend on when somebody looks again.
      const nearMs = atMs - (atMs % plan.batchMs) + plan.batchMs - random.between(1, Math.ceil(plan.batchMs / 20))
      world.at(random.chance(0.6) ? nearMs : atMs, () => this.#writeFile(name))
    }
  }

  /** A file is written elsewhere, and moved into the directory when it is whole. */
  #writeFile(name: string): void {
    const { world, plan, store } = this.#parts
    const lastMs = this.sink.timesOf('raw-0').at(-1)
    // Before the program watches there is nothing to see; and a clock that went back makes new files look old.
    if (lastMs === undefined || world.wallMs < lastMs) return
    const lines = drawLines(world.random).map((line, i) => `${line} ${name}.${i}`)
    void store.disk.create(`/staging/${name}`, Buffer.from(lines.join('\n')))
    const writtenMs = world.wallMs
    world.at(world.nowMs + world.random.below(Math.min(plan.batchMs, 20_000)), () => {
      // The clock has jumped ahead meanwhile: the file looks too old ever to be read, and the program says so.
      if (world.wallMs - writtenMs > plan.batchMs) return
      this.files.set(`sim:///input/${name}`, lines)
      void store.disk.rename(`/staging/${name}`, `/input/${name}`)
      world.coverage.event('file moved in')
    })
  }

  // ── What the program asks ──

  receiving(source: number, store: Store): void {
    this.sources[source]!.connect(store)
  }

  stoppedReceiving(source: number): void {
    this.sources[source]!.disconnect()
  }

  async lines(path: string): Promise<string[]> {
    await this.#parts.world.turn('read', path)
    return [...this.files.get(path)!]
  }

  async put(output: string, timeMs: number, partitions: readonly (readonly unknown[])[]): Promise<void> {
    const { sink } = this
    const { world, faults } = this.#parts
    const writer = current().process.number
    if (faults.outputRefuses()) throw new Error('the output is not there')
    for (const [partition, records] of partitions.entries()) {
      const write = { process: writer, records: records.map(String).sort() }
      await new Promise<void>(resolve => {
        const done = (): void => sink.write(output, timeMs, partition, write)
        const happen = (): void => (done(), resolve())
        const delayMs = world.random.below(3)
        world.park('put', `${output} ${timeMs}.${partition}`, delayMs, happen, () => world.random.chance(0.5) && done())
      })
    }
    await world.turn('put', `${output} ${timeMs}`)
    sink.finish(output, timeMs, writer, partitions.length)
  }

  // ── What has come of it ──

  /** Everything that sources had has been received. */
  get isDrained(): boolean {
    return this.sources.every(source => source.isEmpty)
  }

  /** The ids of all records that receivers were told are safe. */
  idsStored(): string[] {
    return this.sources.flatMap(({ attempts }) => attempts.filter(({ stored }) => stored).map(({ id }) => id))
  }

  /** The ids of all records in the raw output. */
  idsPutOut(): ReadonlySet<string> {
    const ids = new Set<string>()
    for (let input = 0; input < inputsOf(this.#parts.plan); input++) {
      for (const timeMs of this.sink.batches(`raw-${input}`).keys())
        for (const line of this.sink.records(`raw-${input}`, timeMs)) ids.add(line.split(' ')[2]!)
    }
    return ids
  }

  #countWaiting(): void {
    if (this.#parts.plan.maxUnprocessedBytes === undefined) return
    const process = current().process.number
    const out = this.idsPutOut()
    const waiting = this.sources.flatMap(({ attempts }) =>
      attempts.filter(one => one.stored && one.process === process && !out.has(one.id)),
    )
    this.mostWaitingBytes = Math.max(
      this.mostWaitingBytes,
      waiting.reduce((sum, { bytes }) => sum + bytes, 0),
    )
  }
}
