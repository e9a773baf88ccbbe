import type { Action } from '../rdd/plan/action.ts'
import type { RddNode } from '../rdd/plan/node.ts'
import type { StorageLevel } from '../rdd/storage-level.ts'

/** One action on one dataset: what `engine.run` is given. */
export interface Job {
  readonly id: number
  /** The node whose partitions are asked for. Its plan hangs off it by `parents`; all range partitioners in it are resolved. */
  readonly target: RddNode
  /** The partitions to compute; an action such as `take` asks for few. */
  readonly partitions: readonly number[]
  readonly action: Action
  /** The nodes of the plan to be kept once computed (`persist`), by node id. */
  readonly kept: ReadonlyMap<number, StorageLevel>
  /** Said in events and errors: the action's name and call site, the streaming batch, the output operation. */
  readonly origin: JobOrigin
}

export interface JobOrigin {
  /** `collect`, `count`, … */
  readonly action: string
  readonly site: string
  /** Set when the job belongs to a batch of a stream. */
  readonly batchTimeMs?: number
  readonly outputOpId?: number
  readonly stream?: string
  /** `sc.setJobGroup` and its kin. */
  readonly group?: string
  readonly description?: string
  /** `sc.setLocalProperty`. */
  readonly properties?: Readonly<Record<string, string>>
}

export type { Action }
