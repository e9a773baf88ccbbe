import type { Planted } from '@dstream/tools/planting'

/** The removal of a guard. */
export interface Break {
  readonly name: string
  /** Which invariants may notice. */
  readonly invariants: readonly number[]
  readonly planted: readonly Planted[]
  /** A seed among so many notices. */
  readonly within: number
}

export const breaks: readonly Break[] = []
