import type { Random } from '@dstream/tools/random'
import { current, type SimulatedProcess } from '../world/simulated-process.ts'
import type { World } from '../world/world.ts'

/** Records that were given to a receiver's `store`, once: sent again they have another id. */
export interface Attempt {
  readonly id: string
  readonly process: number
  readonly bytes: number
  /** `store` has said that they are safe. */
  stored: boolean
}

/** A durable queue, as of a message broker: it gives what has not been acknowledged again to whoever receives next. */
export class Source {
  readonly number: number
  /** Every record that was ever given to `store`. */
  readonly attempts: Attempt[] = []
  readonly #world: World
  /** So long it waits before it sends again what was refused. */
  readonly #retryMs: number
  readonly #onStored: () => void
  readonly #lines: string[] = []
  #acknowledged = 0
  #receiver: Connected | undefined
  #sent = 0

  constructor(number: number, world: World, retryMs: number, onStored: () => void) {
    this.#retryMs = retryMs
    this.number = number
    this.#world = world
    this.#onStored = onStored
  }

  get isEmpty(): boolean {
    return this.#acknowledged === this.#lines.length
  }

  append(lines: readonly string[]): void {
    this.#lines.push(...lines)
    this.#receiver?.process.run(() => this.#pump())
  }

  /** A receiver of the process that runs asks for records. */
  connect(store: Store): void {
    this.#receiver = { process: current().process, store, busy: false }
    this.#pump()
  }

  disconnect(): void {
    if (this.#receiver?.process === current().process) this.#receiver = undefined
  }

  #pump(): void {
    const receiver = this.#receiver
    if (receiver === undefined || receiver.busy || this.isEmpty || receiver.process.dead) return
    receiver.busy = true
    this.#world.park('receive', `${this.number}`, this.#world.random.between(0, 20), () =>
      receiver.process.run(() => void this.#send(receiver)),
    )
  }

  async #send(receiver: Connected): Promise<void> {
    const from = this.#acknowledged
    const lines = this.#lines.slice(from, from + this.#world.random.between(1, 4))
    const attempts = lines.map((line, i): Attempt => ({
      ...{ id: `${this.number}.${from + i}.${this.#sent}`, process: receiver.process.number },
      ...{ bytes: line.length, stored: false },
    }))
    this.#sent++
    this.attempts.push(...attempts)
    try {
      await receiver.store(lines.map((line, i) => `${line} ${attempts[i]!.id}`))
      if (receiver.process.dead) return
      for (const attempt of attempts) attempt.stored = true
      this.#onStored()
      await this.#world.turn('acknowledge', `${this.number}`)
      this.#acknowledged = Math.max(this.#acknowledged, from + lines.length)
    } catch {
      this.#world.coverage.event('store refused')
      await this.#world.turn('refused', `${this.number}`, this.#retryMs)
    }
    receiver.busy = false
    if (this.#receiver === receiver) this.#pump()
  }
}

interface Connected {
  readonly process: SimulatedProcess
  readonly store: Store
  busy: boolean
}

export type Store = (records: readonly string[]) => Promise<void>

/** Some records without their ids. */
export const drawLines = (random: Random): string[] =>
  Array.from({ length: random.between(1, 5) }, () => `${random.pick(['a', 'b', 'c', 'd'])} ${random.between(1, 999)}`)
