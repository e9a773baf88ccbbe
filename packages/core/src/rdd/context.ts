import type { Clock } from '../time/index.ts'
import type { Action } from './plan/action.ts'
import type { NewNode, RddNode } from './plan/node.ts'
import type { StorageLevel } from './storage-level.ts'

/** Gives a new node its id and call site: what every operator is handed, so that operators stay pure functions from plan to plan. */
export type MakeNode = (node: NewNode) => RddNode

/** The same factory, every node of it under one operator's name: a derived operator shows as one, whatever it is made of. */
export const under =
  (make: MakeNode, operator: string): MakeNode =>
  node =>
    make({ ...node, operator })

/** Runs the jobs of one action. */
export interface JobRunner {
  /**
   * Runs one job over the partitions given; `onResult` is called once for each of them, in the order in which they finish.
   *
   * @throws JobFailedError (rejection) once a task has failed for the last time
   */
  run(
    target: RddNode,
    action: Action,
    partitions: readonly number[],
    onResult: (partition: number, result: unknown) => void,
  ): Promise<void>
}

/** What an RDD needs of the context it lives in. `SparkContext` is one; `engine/testing` has a small one over any engine. */
export interface RddContext {
  /** Partitions of a new dataset where nothing is said: `spark.default.parallelism`, else what the engine runs at a time. */
  readonly defaultParallelism: number
  /** Least number of partitions of a file: min(defaultParallelism, 2). */
  readonly defaultMinPartitions: number
  /** `spark.default.parallelism` where it is set: the partitions of a shuffle, instead of those of the largest parent. */
  readonly shuffleParallelism: number | undefined
  /** What waits are measured with (`countApprox`). */
  readonly clock: Clock
  /** A seed for what is random and has not been given one. */
  nextSeed(): number
  /** Gives a node its id, and its call site unless one is given. */
  newNode(node: NewNode, site?: string): RddNode
  /**
   * Runs one action: `body` starts its jobs through the runner that it is given. The first part of `body`, up to its first `await`, runs
   * at once, so a function that cannot travel is refused in the caller's own stack.
   */
  act<R>(name: string, body: (jobs: JobRunner) => Promise<R>): Promise<R>
  /** Marks a node to be saved after the first job that needs it. @throws DStreamError NO_CHECKPOINT_DIRECTORY */
  checkpoint(node: RddNode): void
  /** Where it has been saved. */
  checkpointFileOf(node: RddNode): string | undefined
  /** @throws DStreamError STORAGE_LEVEL_ASSIGNED when the node has another level already */
  persist(node: RddNode, level: StorageLevel): void
  unpersist(node: RddNode): void
  /** `StorageLevel.NONE` when it is not persisted. */
  levelOf(node: RddNode): StorageLevel
  setName(node: RddNode, name: string): void
  nameOf(node: RddNode): string | undefined
}

/** A plan node with the context that can run it: what an `RDD` is a typed handle of. */
export interface Dataset {
  readonly context: RddContext
  readonly node: RddNode
}
