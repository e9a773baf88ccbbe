import type { World } from './world.ts'

export type ErrorFault = 'ENOSPC' | 'EIO' | 'EACCES'

/** What an operation of the store meets. */
export type Fault =
  | { readonly kind: 'error'; readonly errno: ErrorFault }
  /** It fails, although it was done. */
  | { readonly kind: 'doneButFailed' }
  /** Only a part arrives, then it fails. */
  | { readonly kind: 'torn' }
  /** It says that it was done, and was not. */
  | { readonly kind: 'notDone' }
  /** It says that it was done, and a power failure undoes it. */
  | { readonly kind: 'lostInCrash' }

/** A while in which something is wrong with the store. */
interface Episode {
  readonly fromMs: number
  readonly untilMs: number
  readonly kind: ErrorFault | 'slow' | 'torn' | 'doneButFailed' | 'lies' | 'output refuses'
  /** How often, of all operations that it can hit. */
  readonly rate: number
}

const kinds: readonly (readonly [number, Episode['kind']])[] = [
  [3, 'EIO'],
  [2, 'ENOSPC'],
  [1, 'EACCES'],
  [3, 'slow'],
  [2, 'torn'],
  [2, 'doneButFailed'],
  [2, 'lies'],
  [2, 'output refuses'],
]

const hit: Readonly<Record<ErrorFault | 'torn' | 'doneButFailed', ReadonlySet<string>>> = {
  ENOSPC: new Set(['create', 'createExclusive', 'createWriter', 'append', 'write', 'commit', 'mkdirs']),
  EIO: new Set(['create', 'createExclusive', 'write', 'sync', 'commit', 'rename', 'delete', 'read', 'list', 'stat']),
  EACCES: new Set(['create', 'createExclusive', 'createWriter', 'append', 'open', 'list', 'delete', 'rename']),
  torn: new Set(['write']),
  doneButFailed: new Set(['create', 'createExclusive', 'commit', 'sync', 'rename', 'delete']),
}

/** Everything that a store and the workers can do wrong here, as coverage names it. */
export const faultKinds = [
  ...['EIO', 'ENOSPC', 'EACCES', 'torn', 'doneButFailed', 'slow', 'worker death', 'output refuses'],
  ...['notDone commit', 'notDone rename', 'lostInCrash commit'],
] as const

/** A file that a store may lie about: readers look at others where it is not there, or is an older one. */
const mayLie = /\/checkpoint-\d+(?:\.bk)?$/

/** The troubles of a store, drawn for one seed. */
export class Faults {
  readonly #world: World
  readonly #episodes: Episode[] = []
  /** From then on nothing goes wrong any more. */
  #over = false

  constructor(world: World, untilMs: number, count: number) {
    this.#world = world
    const { random } = world
    const span = untilMs - world.nowMs
    for (let i = 0; i < count; i++) {
      const fromMs = world.nowMs + random.below(span)
      const length = Math.floor((span * random.between(1, 20)) / 100)
      this.#episodes.push({
        fromMs,
        untilMs: Math.min(fromMs + length, untilMs),
        kind: random.weighted(kinds),
        rate: random.pick([0.02, 0.1, 0.3, 1]),
      })
    }
  }

  /** The store is sound from now on. */
  end(): void {
    this.#over = true
  }

  /** How long the operation takes, ms. */
  delayMs(batchMs: number): number {
    const { random } = this.#world
    if (this.#strikes('slow')) {
      this.#world.coverage.fault('slow')
      return random.between(1, batchMs)
    }
    return random.chance(0.5) ? 0 : random.between(0, 5)
  }

  /** The output is not to be had. */
  outputRefuses(): boolean {
    const refuses = this.#strikes('output refuses')
    if (refuses) this.#world.coverage.fault('output refuses')
    return refuses
  }

  /** What goes wrong with an operation that is about to happen. */
  of(operation: string, path: string): Fault | undefined {
    for (const errno of ['EIO', 'ENOSPC', 'EACCES'] as const) {
      if (hit[errno].has(operation) && this.#strikes(errno)) return this.#told({ kind: 'error', errno }, errno)
    }
    for (const kind of ['torn', 'doneButFailed'] as const) {
      if (hit[kind].has(operation) && this.#strikes(kind)) return this.#told({ kind }, kind)
    }
    if ((operation === 'commit' || operation === 'rename') && mayLie.test(path) && this.#strikes('lies')) {
      const kind = this.#world.random.chance(0.5) ? ('notDone' as const) : ('lostInCrash' as const)
      if (kind === 'lostInCrash' && operation === 'rename') return undefined
      return this.#told({ kind }, `${kind} ${operation}`)
    }
    return undefined
  }

  #told(fault: Fault, name: string): Fault {
    this.#world.coverage.fault(name)
    return fault
  }

  #strikes(kind: Episode['kind']): boolean {
    if (this.#over) return false
    const { nowMs, random } = this.#world
    return this.#episodes.some(
      episode =>
        episode.kind === kind && episode.fromMs <= nowMs && nowMs < episode.untilMs && random.chance(episode.rate),
    )
  }
}
