import { registerEngine } from 'dstream'
import { registerFileSystem, simulateProcesses, type Owner } from '@dstream/core/simulation'
import type { Life } from './life/life.ts'
import { Lives } from './life/lives.ts'
import { longCalm } from './life/settings.ts'
import { drawProgram, type ProgramPlan } from './program/plan.ts'
import { SimulatedOutside } from './program/simulated-outside.ts'
import { Faults } from './world/faults.ts'
import { SimulatedEngine } from './world/simulated-engine.ts'
import { current } from './world/simulated-process.ts'
import { SimulatedStore } from './world/simulated-store.ts'
import { World } from './world/world.ts'

/** Steps after which a seed is given up: something goes round in circles. */
const maxSteps = 100_000

/** When a universe begins: a whole number of batch intervals of every length, and a bit. */
const startMs = 1_700_000_400_000 + 137

/** A program, its lives, its troubles: all of it drawn from one seed. */
export class Universe {
  readonly world: World
  readonly plan: ProgramPlan
  readonly store: SimulatedStore
  readonly outside: SimulatedOutside
  readonly lives: Lives
  /** What went wrong with the run itself. */
  readonly problems: string[] = []
  /** So many batches pass in peace before the end. */
  readonly calmBatches: number
  readonly #faults: Faults
  readonly #endMs: number
  readonly #deathRate: number
  /** When everything that came in had been received. */
  #drainedMs: number | undefined
  /** Of the last life. */
  #stop: 'not yet' | 'under way' | 'done' = 'not yet'

  constructor(seed: number, keepTrace: boolean) {
    const world = new World(seed, startMs, keepTrace)
    this.world = world
    const { random } = world
    this.plan = drawProgram(random)
    this.#endMs = startMs + this.plan.batchMs * random.between(6, 16)
    this.#faults = new Faults(world, this.#endMs, random.pick([0, 0, 1, 2, 4]))
    this.calmBatches = random.chance(0.04) ? longCalm : 4
    this.#deathRate = random.pick([0, 0, 0.05, 0.3])
    this.store = new SimulatedStore(world, this.#faults, this.plan.batchMs)
    const { plan, store } = this
    this.outside = new SimulatedOutside({ world, plan, store, faults: this.#faults })
    this.lives = new Lives({ world, plan, store, outside: this.outside })
  }

  /** Programs of this process live in this universe from now on. Gives what undoes it. */
  connect(): () => void {
    const { world, plan, store, lives } = this
    const lifeOf = ({ host, pid }: Owner): Life | undefined =>
      lives.all.find(({ process }) => process.host === host && process.number === pid)
    globalThis.simulatedOutside = this.outside
    const undo = [
      registerFileSystem('sim', () => store),
      registerEngine('local', () => {
        const options = { parallelism: plan.parallelism, longestTaskMs: Math.floor(plan.batchMs / 5) }
        return new SimulatedEngine(world, { ...options, deathRate: () => (lives.isCalm ? 0 : this.#deathRate) })
      }),
      simulateProcesses({
        self: () => ({ host: current().process.host, pid: current().process.number, started: 'once' }),
        isAlive: owner => (owner.host === current().process.host ? lifeOf(owner)?.process.dead === false : undefined),
      }),
    ]
    return () => {
      for (const take of undo) take()
    }
  }

  /** From its beginning to its end: troubles, then peace, then a graceful stop. */
  async run(): Promise<void> {
    const { world, plan, store, outside, lives } = this
    world.trace.add(JSON.stringify(plan))
    await store.disk.mkdirs('/input')
    outside.planData(this.#endMs)
    world.onStep = (kind, process) => lives.afterStep(kind, process)
    lives.begin()
    world.at(this.#endMs, () => this.#becomeCalm())
    if (plan.batchMs >= 600_000 && world.random.chance(0.3))
      world.at(startMs + world.random.below(this.#endMs - startMs), () => lives.jumpClocks())
    const ended = await world.run(() => this.#isOver(), maxSteps)
    if (!ended)
      this.problems.push(`it does not come to its end (at step ${world.stepsTaken}, ${world.nowMs - startMs} ms)`)
  }

  #becomeCalm(): void {
    this.#faults.end()
    this.world.trace.add(`${this.world.nowMs} calm`)
    this.lives.becomeCalm()
  }

  #isOver(): boolean {
    const { world, plan, outside, lives } = this
    lives.crashIfDue()
    if (!lives.isCalm || this.#stop !== 'not yet') return this.#stop === 'done'
    if (!outside.isDrained) return false
    this.#drainedMs ??= world.wallMs
    const lastMs = outside.sink.timesOf('raw-0').at(-1) ?? 0
    if (lastMs < this.#drainedMs + this.calmBatches * plan.batchMs) return false
    const life = lives.running
    if (life === undefined) return false
    this.#stop = 'under way'
    void lives.endWith(life).then(() => (this.#stop = 'done'))
    return false
  }
}
