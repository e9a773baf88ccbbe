import type { Planted } from '@dstream/tools/planting'

/** A deliberate mistake: one place of one source file, changed. */
export interface Fault extends Planted {
  /** What the system does wrong with it. */
  readonly name: string
  /** The themes of the vectors among which some must notice. */
  readonly themes: readonly string[]
}
