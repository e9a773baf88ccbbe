import { registerEngine } from 'dstream'
import { abandonContexts, registerFileSystem, simulateProcesses, type Owner } from '@dstream/core/simulation'
import { checkAll, type Violation } from './checks/check-all.ts'
import { Life } from './life/life.ts'
import { drawFate, type Fate } from './life/fate.ts'
import { longCalm } from './life/settings.ts'
import { drawProgram, type ProgramPlan } from './program/plan.ts'
import { Sink } from './program/sink.ts'
import { drawLines, Source } from './program/sources.ts'
import { Faults } from './world/faults.ts'
import type { CoverageCounts } from './world/coverage.ts'
import { SimulatedEngine } from './world/simulated-engine.ts'
import { current } from './world/simulated-process.ts'
import { SimulatedStore } from './world/simulated-store.ts'
import { World } from './world/world.ts'

/** What came of a seed. */
export interface SeedOutcome {
  readonly seed: number
  /** What happened, as a sum: equal for equal seeds. */
  readonly digest: string
  readonly violations: readonly Violation[]
  readonly coverage: CoverageCounts
  readonly batches: number
  readonly steps: number
  readonly trace: readonly string[] | undefined
}

/** Steps after which a seed is given up: something goes round in circles. */
const maxSteps = 100_000

/** When a universe begins: a whole number of batch intervals of every length, and a bit. */
const startMs = 1_700_000_400_000 + 137

export async function simulateSeed(seed: number, keepTrace = false): Promise<SeedOutcome> {
  const simulation = new Simulation(seed, keepTrace)
  return simulation.run()
}

/** A graceful stop that was seen. */
export interface SeenStop {
  readonly startedMs: number
  readonly endedMs: number | undefined
  /** What had been stored before, and was not in the output when it ended. */
  readonly missing: readonly string[]
}

/** One universe: a program, its lives, its troubles. */
export class Simulation {
  readonly seed: number
  readonly world: World
  readonly plan: ProgramPlan
  readonly store: SimulatedStore
  readonly sink = new Sink()
  readonly sources: readonly Source[]
  /** The lines of each input file that is in the watched directory. */
  readonly files = new Map<string, readonly string[]>()
  readonly lives: Life[] = []
  readonly stops: SeenStop[] = []
  /** What went wrong with the run itself. */
  readonly problems: string[] = []
  /** The most bytes that one process had received and not put out. */
  mostWaitingBytes = 0
  /** So many batches pass in peace before the end. */
  readonly calmBatches: number
  readonly #faults: Faults
  readonly #endMs: number
  #calm = false
  #crashDue: Life | undefined
  #deathRate: number

  constructor(seed: number, keepTrace: boolean) {
    this.seed = seed
    const world = new World(seed, startMs, keepTrace)
    this.world = world
    const { random } = world
    this.plan = drawProgram(random)
    this.#endMs = startMs + this.plan.batchMs * random.between(6, 16)
    this.#faults = new Faults(world, this.#endMs, random.pick([0, 0, 1, 2, 4]))
    this.calmBatches = random.chance(0.04) ? longCalm : 4
    this.#deathRate = random.pick([0, 0, 0.05, 0.3])
    this.store = new SimulatedStore(world, this.#faults, this.plan.batchMs)
    this.sources = Array.from(
      { length: this.plan.receivers },
      (_, i) => new Source(i, world, this.plan.batchMs / 10, () => this.#countWaiting()),
    )
  }

  async run(): Promise<SeedOutcome> {
    const undo = this.#connect()
    const onRejection = (error: unknown): void =>
      void this.problems.push(`nobody handles a rejection: ${codeOf(error)}`)
    process.on('unhandledRejection', onRejection)
    undo.push(() => process.off('unhandledRejection', onRejection))
    const { world } = this
    try {
      world.trace.add(JSON.stringify(this.plan))
      await this.store.disk.mkdirs('/input')
      this.#planData()
      world.onStep = (kind, process) =>
        this.#afterStep(
          kind,
          this.lives.find(life => life.process === process),
        )
      this.#launch(drawFate(world.random, this.plan))
      world.at(this.#endMs, () => this.#becomeCalm())
      if (this.plan.batchMs >= 600_000 && world.random.chance(0.3))
        world.at(startMs + world.random.below(this.#endMs - startMs), () => this.#jump())
      const ended = await world.run(() => this.#isOver(), maxSteps)
      if (!ended)
        this.problems.push(`it does not come to its end (at step ${world.stepsTaken}, ${world.nowMs - startMs} ms)`)
      const violations = await checkAll(this)
      const batches = new Set(this.lives.flatMap(life => life.submitted.map(({ timeMs }) => timeMs))).size
      const { stepsTaken: steps, trace, coverage } = world
      return {
        ...{ seed: this.seed, digest: trace.digest, violations, coverage: coverage.counts, batches, steps },
        trace: trace.lines,
      }
    } finally {
      for (const { process } of this.lives) process.dead = true
      abandonContexts()
      for (const take of undo) take()
    }
  }

  #connect(): (() => void)[] {
    const { world, plan } = this
    const lifeOf = ({ host, pid }: Owner) =>
      this.lives.find(({ process }) => process.host === host && process.number === pid)
    globalThis.simulatedOutside = {
      receiving: (source, store) => this.sources[source]!.connect(store),
      stoppedReceiving: source => this.sources[source]!.disconnect(),
      put: (output, timeMs, partitions) => this.#put(output, timeMs, partitions),
      lines: async path => {
        await world.turn('read', path)
        return [...this.files.get(path)!]
      },
    }
    return [
      registerFileSystem('sim', () => this.store),
      registerEngine('local', () => {
        const options = { parallelism: plan.parallelism, longestTaskMs: Math.floor(plan.batchMs / 5) }
        return new SimulatedEngine(world, { ...options, deathRate: () => (this.#calm ? 0 : this.#deathRate) })
      }),
      simulateProcesses({
        self: () => ({ host: current().process.host, pid: current().process.number, started: 'once' }),
        isAlive: owner => (owner.host === current().process.host ? lifeOf(owner)?.process.dead === false : undefined),
      }),
    ]
  }

  // ── What comes in, what goes out ──

  #planData(): void {
    const { world, plan } = this
    const { random } = world
    const span = this.#endMs - startMs
    for (const source of this.sources) {
      for (let n = random.between(5, 30); n > 0; n--)
        world.at(startMs + random.below(span), () => source.append(drawLines(random)))
    }
    if (!plan.files) return
    for (let n = random.between(3, 10); n > 0; n--) {
      const name = `f${n}`
      const atMs = startMs + random.below(span)
      // Many just before a batch, to be moved in just after it: which batch has them must not depend on when somebody looks again.
      const nearMs = atMs - (atMs % plan.batchMs) + plan.batchMs - random.between(1, Math.ceil(plan.batchMs / 20))
      world.at(random.chance(0.6) ? nearMs : atMs, () => this.#writeFile(name))
    }
  }

  /** A file is written elsewhere, and moved into the directory when it is whole. */
  #writeFile(name: string): void {
    const { world, plan, sink, store } = this
    const lastMs = sink.timesOf('raw-0').at(-1)
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

  #countWaiting(): void {
    if (this.plan.maxUnprocessedBytes === undefined) return
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

  async #put(output: string, timeMs: number, partitions: readonly (readonly unknown[])[]): Promise<void> {
    const { world, sink } = this
    const writer = current().process.number
    if (this.#faults.outputRefuses()) throw new Error('the output is not there')
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

  // ── Lives and deaths ──

  #launch(fate: Fate | undefined, host = 'a'): void {
    const { world, plan, lives } = this
    const canContinue = (): Promise<boolean> => this.store.hasCheckpoint()
    const parts = { ...{ world, plan, fate, host, canContinue }, number: lives.length + 1 }
    const life = new Life({ ...parts, onEnded: ended => this.#onEnded(ended) })
    lives.push(life)
    world.coverage.event(fate?.kind ?? 'calm life')
    world.trace.add(`${world.nowMs} ${life.process.number} begins on ${host}: ${JSON.stringify(fate)}`)
    life.begin()
    this.#planStops(life)
  }

  #planStops(life: Life): void {
    const { fate } = life
    if (fate === undefined || !('batches' in fate)) return
    const { world, plan } = this
    world.at(world.nowMs + fate.batches * plan.batchMs + world.random.below(plan.batchMs), () => {
      if (life.process.dead || life.phase !== 'running' || this.#calm) return
      switch (fate.kind) {
        case 'gracefulStop':
          return void this.stop(life)
        case 'hastyStop':
          return void life.stop(false)
        case 'intruder':
          return this.#launch(undefined)
        case 'takenOver':
          life.process.paused = true
          world.at(world.nowMs + 31_000 + world.random.below(plan.batchMs), () => this.#takeOver(life))
      }
    })
  }

  #takeOver(life: Life): void {
    const { world, plan } = this
    if (!this.#calm) this.#launch(drawFate(world.random, plan), life.process.host === 'a' ? 'b' : 'a')
    world.at(world.nowMs + world.random.below(3 * plan.batchMs), () => {
      life.process.paused = false
    })
  }

  /** A graceful stop, and what it left undone. */
  async stop(life: Life): Promise<void> {
    const { process } = life
    const startedMs = process.clock.now()
    const before = this.sources.flatMap(({ attempts }) => attempts.filter(({ stored }) => stored).map(({ id }) => id))
    const at = this.stops.push({ startedMs, endedMs: undefined, missing: [] }) - 1
    await life.stop(true)
    const out = this.idsPutOut()
    const missing = before.filter(id => !out.has(id))
    this.stops[at] = { startedMs, endedMs: process.clock.now(), missing }
  }

  /** The ids of all records in the raw output. */
  idsPutOut(): ReadonlySet<string> {
    const ids = new Set<string>()
    const inputs = this.plan.receivers + (this.plan.files ? 1 : 0)
    for (let input = 0; input < inputs; input++) {
      for (const timeMs of this.sink.batches(`raw-${input}`).keys())
        for (const line of this.sink.records(`raw-${input}`, timeMs)) ids.add(line.split(' ')[2]!)
    }
    return ids
  }

  #afterStep(kind: string, life: Life | undefined): void {
    if (life === undefined || this.#calm || life.process.dead) return
    life.steps++
    const { fate } = life
    if (fate?.kind === 'crashAfter' && fate.step === kind) life.stepsOfKind++
    const due =
      (fate?.kind === 'crash' && life.steps >= fate.afterSteps) ||
      (fate?.kind === 'crashAfter' && life.stepsOfKind >= fate.times)
    if (!due || this.#crashDue !== undefined) return
    this.world.coverage.crashAfter(kind)
    // Before what has happened is told, or after.
    if (this.world.random.chance(0.5)) this.#crash(life)
    else this.#crashDue = life
  }

  #crash(life: Life): void {
    const { world } = this
    const alone = this.lives.every(({ process }) => process.dead || process === life.process)
    const power = alone && world.random.chance(0.4)
    world.trace.add(`${world.nowMs} ${life.process.number} crashes${power ? ', the power fails' : ''}`)
    world.coverage.event(power ? 'power failure' : 'process crash')
    this.#bury(life)
    if (power) void this.store.powerFails()
    this.#relaunchLater()
  }

  #bury(life: Life): void {
    this.world.kill(life.process)
    life.phase = 'ended'
  }

  /** It stopped, failed to start, or cannot go on. */
  #onEnded(life: Life): void {
    const { world } = this
    const why = life.error === undefined ? 'stopped' : codeOf(life.error)
    world.trace.add(`${world.nowMs} ${life.process.number} ends: ${why}`)
    world.coverage.event(`ends: ${why}`)
    this.#bury(life)
    if (this.#calm && this.#stopping) return
    this.#relaunchLater()
  }

  #relaunchLater(): void {
    const { world, plan } = this
    const { random } = world
    if (this.#calm) return void world.at(world.nowMs + 1000, () => this.#launchUnlessThere())
    const jumps = plan.batchMs >= 600_000 && random.chance(0.3)
    const downMs = random.pick([0, random.below(1000), random.below(3 * plan.batchMs)])
    world.at(world.nowMs + downMs, () => {
      const alive = this.lives.some(({ process }) => !process.dead)
      if (jumps && !alive) this.#jump()
      this.#launchUnlessThere()
    })
  }

  /** Somebody sets the clock. */
  #jump(): void {
    const { world } = this
    const hours = world.random.pick([-1, 1])
    world.clockErrorMs += hours * 3_600_000
    world.coverage.event(`clock jump ${hours} h`)
    world.trace.add(`${world.nowMs} the clocks jump by ${hours} h`)
    for (const { process } of this.lives) if (!process.dead) process.run(() => process.clock.jump(hours * 3_600_000))
  }

  #launchUnlessThere(): void {
    // Who stands still is given up; what is stopping or running is not.
    if (this.lives.some(({ process }) => !process.dead && !process.paused)) return
    const { world, plan } = this
    const fate = this.#calm || this.lives.length >= 8 ? undefined : drawFate(world.random, plan)
    this.#launch(fate, world.random.chance(0.1) ? 'b' : 'a')
  }

  // ── The end ──

  #becomeCalm(): void {
    this.#calm = true
    this.#faults.end()
    this.world.trace.add(`${this.world.nowMs} calm`)
    for (const life of this.lives) life.process.paused = false
    this.#launchUnlessThere()
  }

  #stopping = false
  #finished = false
  #drainedMs: number | undefined

  #isOver(): boolean {
    if (this.#crashDue !== undefined) {
      const life = this.#crashDue
      this.#crashDue = undefined
      if (!life.process.dead) this.#crash(life)
    }
    if (!this.#calm || this.#stopping) return this.#finished
    if (!this.sources.every(source => source.isEmpty)) return false
    this.#drainedMs ??= this.world.wallMs
    const lastMs = this.sink.timesOf('raw-0').at(-1) ?? 0
    if (lastMs < this.#drainedMs + this.calmBatches * this.plan.batchMs) return false
    const life = this.lives.find(({ phase, process }) => phase === 'running' && !process.dead)
    if (life === undefined) return false
    this.#stopping = true
    void this.stop(life).then(() => (this.#finished = true))
    return false
  }
}

const codeOf = (error: unknown): string => {
  const { code, name, message } = error as { code?: string; name?: string; message?: string }
  return code ?? `${name}: ${message}`
}
