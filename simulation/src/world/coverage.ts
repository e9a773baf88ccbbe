/** How often each thing happened that a simulator is for: faults, and the steps after which processes were killed. */
export class Coverage {
  readonly faults = new Map<string, number>()
  readonly crashPoints = new Map<string, number>()
  readonly events = new Map<string, number>()

  fault(kind: string): void {
    count(this.faults, kind)
  }

  crashAfter(kind: string): void {
    count(this.crashPoints, kind)
  }

  event(kind: string): void {
    count(this.events, kind)
  }

  add(other: CoverageCounts): void {
    for (const [kind, n] of other.faults) count(this.faults, kind, n)
    for (const [kind, n] of other.crashPoints) count(this.crashPoints, kind, n)
    for (const [kind, n] of other.events) count(this.events, kind, n)
  }

  get counts(): CoverageCounts {
    return { faults: [...this.faults], crashPoints: [...this.crashPoints], events: [...this.events] }
  }
}

/** As it travels between processes. */
export interface CoverageCounts {
  readonly faults: readonly (readonly [string, number])[]
  readonly crashPoints: readonly (readonly [string, number])[]
  readonly events: readonly (readonly [string, number])[]
}

const count = (counts: Map<string, number>, kind: string, n = 1): void =>
  void counts.set(kind, (counts.get(kind) ?? 0) + n)
