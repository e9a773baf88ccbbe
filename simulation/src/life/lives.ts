import type { SimulatedOutside } from '../program/simulated-outside.ts'
import type { ProgramPlan } from '../program/plan.ts'
import type { SimulatedProcess } from '../world/simulated-process.ts'
import type { SimulatedStore } from '../world/simulated-store.ts'
import type { World } from '../world/world.ts'
import { codeOf } from './code-of.ts'
import { drawFate, type Fate } from './fate.ts'
import { Life } from './life.ts'

export interface LivesParts {
  readonly world: World
  readonly plan: ProgramPlan
  readonly store: SimulatedStore
  readonly outside: SimulatedOutside
}

/** A graceful stop that was seen. */
export interface SeenStop {
  readonly startedMs: number
  readonly endedMs: number | undefined
  /** What had been stored before, and was not in the output when it ended. */
  readonly missing: readonly string[]
}

/** After so many lives the next one has no fate: it lasts to the end. */
const mostFates = 8

/** The processes that run a program, mostly one after the other: how each begins, what ends it, what comes after it. */
export class Lives {
  readonly all: Life[] = []
  readonly stops: SeenStop[] = []
  readonly #parts: LivesParts
  #calm = false
  /** The last one is being stopped: none comes after it. */
  #ending = false
  #crashDue: Life | undefined

  constructor(parts: LivesParts) {
    this.#parts = parts
  }

  // ── Beginnings ──

  /** The first one. */
  begin(): void {
    const { world, plan } = this.#parts
    this.#launch(drawFate(world.random, plan))
  }

  #launch(fate: Fate | undefined, host = 'a'): void {
    const { world, plan, store } = this.#parts
    const canContinue = (): Promise<boolean> => store.hasCheckpoint()
    const parts = { ...{ world, plan, fate, host, canContinue }, number: this.all.length + 1 }
    const life = new Life({ ...parts, onEnded: ended => this.#onEnded(ended) })
    this.all.push(life)
    world.coverage.event(fate?.kind ?? 'calm life')
    world.trace.add(`${world.nowMs} ${life.process.number} begins on ${host}: ${JSON.stringify(fate)}`)
    life.begin()
    this.#planEnd(life)
  }

  #launchUnlessThere(): void {
    // Who stands still is given up; what is stopping or running is not.
    if (this.all.some(({ process }) => !process.dead && !process.paused)) return
    const { world, plan } = this.#parts
    const fate = this.#calm || this.all.length >= mostFates ? undefined : drawFate(world.random, plan)
    this.#launch(fate, world.random.chance(0.1) ? 'b' : 'a')
  }

  #relaunchLater(): void {
    const { world, plan } = this.#parts
    const { random } = world
    if (this.#calm) return void world.at(world.nowMs + 1000, () => this.#launchUnlessThere())
    const jumps = plan.batchMs >= 600_000 && random.chance(0.3)
    const downMs = random.pick([0, random.below(1000), random.below(3 * plan.batchMs)])
    world.at(world.nowMs + downMs, () => {
      const alive = this.all.some(({ process }) => !process.dead)
      if (jumps && !alive) this.jumpClocks()
      this.#launchUnlessThere()
    })
  }

  /** Somebody sets the clock. */
  jumpClocks(): void {
    const { world } = this.#parts
    const hours = world.random.pick([-1, 1])
    world.clockErrorMs += hours * 3_600_000
    world.coverage.event(`clock jump ${hours} h`)
    world.trace.add(`${world.nowMs} the clocks jump by ${hours} h`)
    for (const { process } of this.all) if (!process.dead) process.run(() => process.clock.jump(hours * 3_600_000))
  }

  // ── Ends ──

  /** What its fate brings after some batches. */
  #planEnd(life: Life): void {
    const { fate } = life
    if (fate === undefined || !('batches' in fate)) return
    const { world, plan } = this.#parts
    world.at(world.nowMs + fate.batches * plan.batchMs + world.random.below(plan.batchMs), () => {
      if (life.process.dead || life.phase !== 'running' || this.#calm) return
      switch (fate.kind) {
        case 'gracefulStop':
          return void this.#stop(life)
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
    const { world, plan } = this.#parts
    if (!this.#calm) this.#launch(drawFate(world.random, plan), life.process.host === 'a' ? 'b' : 'a')
    world.at(world.nowMs + world.random.below(3 * plan.batchMs), () => {
      life.process.paused = false
    })
  }

  /** A graceful stop, and what it left undone. */
  async #stop(life: Life): Promise<void> {
    const { outside } = this.#parts
    const { process } = life
    const startedMs = process.clock.now()
    const before = outside.idsStored()
    const at = this.stops.push({ startedMs, endedMs: undefined, missing: [] }) - 1
    await life.stop(true)
    const out = outside.idsPutOut()
    const missing = before.filter(id => !out.has(id))
    this.stops[at] = { startedMs, endedMs: process.clock.now(), missing }
  }

  /** A step of a process has happened: it may have been the last one. */
  afterStep(kind: string, process: SimulatedProcess): void {
    const life = this.all.find(one => one.process === process)
    if (life === undefined || this.#calm || process.dead) return
    life.steps++
    const { fate } = life
    if (fate?.kind === 'crashAfter' && fate.step === kind) life.stepsOfKind++
    const due =
      (fate?.kind === 'crash' && life.steps >= fate.afterSteps) ||
      (fate?.kind === 'crashAfter' && life.stepsOfKind >= fate.times)
    if (!due || this.#crashDue !== undefined) return
    const { world } = this.#parts
    world.coverage.crashAfter(kind)
    // Before what has happened is told, or after.
    if (world.random.chance(0.5)) this.#crash(life)
    else this.#crashDue = life
  }

  /** What has happened has been told: a crash that waited for that comes now. */
  crashIfDue(): void {
    const life = this.#crashDue
    this.#crashDue = undefined
    if (life?.process.dead === false) this.#crash(life)
  }

  #crash(life: Life): void {
    const { world, store } = this.#parts
    const alone = this.all.every(({ process }) => process.dead || process === life.process)
    const power = alone && world.random.chance(0.4)
    world.trace.add(`${world.nowMs} ${life.process.number} crashes${power ? ', the power fails' : ''}`)
    world.coverage.event(power ? 'power failure' : 'process crash')
    this.#bury(life)
    if (power) void store.powerFails()
    this.#relaunchLater()
  }

  #bury(life: Life): void {
    this.#parts.world.kill(life.process)
    life.phase = 'ended'
  }

  /** It stopped, failed to start, or cannot go on. */
  #onEnded(life: Life): void {
    const { world } = this.#parts
    const why = life.error === undefined ? 'stopped' : codeOf(life.error)
    world.trace.add(`${world.nowMs} ${life.process.number} ends: ${why}`)
    world.coverage.event(`ends: ${why}`)
    this.#bury(life)
    if (!this.#ending) this.#relaunchLater()
  }

  // ── The end of all ──

  /** From now on nothing ends a life, and nobody stands still. */
  becomeCalm(): void {
    this.#calm = true
    for (const life of this.all) life.process.paused = false
    this.#launchUnlessThere()
  }

  get isCalm(): boolean {
    return this.#calm
  }

  /** One that runs. */
  get running(): Life | undefined {
    return this.all.find(({ phase, process }) => phase === 'running' && !process.dead)
  }

  /** Stops this one gracefully, as the last. */
  endWith(life: Life): Promise<void> {
    this.#ending = true
    return this.#stop(life)
  }
}
