import { abandonContexts } from '@dstream/core/simulation'
import { Milliseconds, SparkContext, StreamingContext } from 'dstream'
import { build } from '../program/build.ts'
import type { ProgramPlan } from '../program/plan.ts'
import { SimulatedProcess } from '../world/simulated-process.ts'
import type { World } from '../world/world.ts'
import type { Fate } from './fate.ts'
import { checkpointDirectory, settingsOf } from './settings.ts'

export type Phase = 'starting' | 'running' | 'stopping' | 'ended'

/** What a life has seen of a batch. */
export interface SeenBatch {
  readonly timeMs: number
  readonly step: number
}

export interface LifeParts {
  readonly world: World
  readonly plan: ProgramPlan
  readonly number: number
  readonly host: string
  readonly fate: Fate | undefined
  /** There is a checkpoint to go on from. */
  readonly canContinue: () => Promise<boolean>
  readonly onEnded: (life: Life) => void
}

/** One process that runs the program, and what it was seen to do. */
export class Life {
  readonly process: SimulatedProcess
  readonly fate: Fate | undefined
  phase: Phase = 'starting'
  /** Why it ended by itself. */
  error: unknown
  ssc: StreamingContext | undefined
  steps = 0
  stepsOfKind = 0
  readonly submitted: SeenBatch[] = []
  readonly completed: SeenBatch[] = []
  readonly #parts: LifeParts

  constructor(parts: LifeParts) {
    this.#parts = parts
    this.fate = parts.fate
    this.process = new SimulatedProcess(parts.number, parts.host, parts.world.wallMs)
    parts.world.processes.push(this.process)
  }

  /** The checkpoint from which it goes on. */
  get recoveredFrom(): { readonly file: string; readonly batchMs: number } | undefined {
    return this.ssc?.recoveryReport
  }

  begin(): void {
    this.process.run(() => void this.#start().catch((error: unknown) => this.#end(error)))
  }

  /** Asks the program to stop; resolves when it has. */
  stop(gracefully: boolean): Promise<void> {
    this.phase = 'stopping'
    return this.process.run(async () => {
      try {
        await this.ssc!.stop(true, gracefully)
        this.#end(undefined)
      } catch (error) {
        this.#end(error)
      }
    })
  }

  async #start(): Promise<void> {
    const { plan, canContinue } = this.#parts
    abandonContexts()
    const sparkContext = new SparkContext(settingsOf(plan))
    const environment = { clock: this.process.clock, write: () => {} }
    const create = (): StreamingContext => {
      const made = new StreamingContext(sparkContext, Milliseconds(plan.batchMs), environment)
      made.checkpoint(checkpointDirectory)
      build(made, plan)
      return made
    }
    const ssc =
      plan.withoutFactory && (await canContinue())
        ? await StreamingContext.getOrCreate(checkpointDirectory, null, { sparkContext, environment })
        : await StreamingContext.getOrCreate(checkpointDirectory, create)
    if (this.process.dead) return
    this.#watch(ssc)
    abandonContexts()
    withoutListeners(() => ssc.start())
    this.ssc = ssc
    this.phase = 'running'
    ssc.awaitTermination().catch((error: unknown) => this.#end(error))
  }

  #watch(ssc: StreamingContext): void {
    const { world } = this.#parts
    const seen =
      (list: SeenBatch[]) =>
      (event: { readonly batchInfo: { readonly batchTime: { readonly milliseconds: number } } }) => {
        if (!this.process.dead) list.push({ timeMs: event.batchInfo.batchTime.milliseconds, step: world.stepsTaken })
      }
    ssc.addStreamingListener({ onBatchSubmitted: seen(this.submitted), onBatchCompleted: seen(this.completed) })
  }

  /** The process exits. */
  #end(error: unknown): void {
    if (this.process.dead || this.phase === 'ended') return
    this.phase = 'ended'
    this.error = error
    this.#parts.onEnded(this)
  }
}

const signals = ['SIGTERM', 'SIGINT'] as const

/** Runs `f`; what it listens to of the real process it does not listen to any more then. */
function withoutListeners(f: () => void): void {
  const before = new Set(signals.flatMap(signal => process.listeners(signal)))
  f()
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) if (!before.has(listener)) process.off(signal, listener)
  }
}
