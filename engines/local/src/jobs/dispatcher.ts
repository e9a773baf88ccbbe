import type { Import } from '../blocks/imports.ts'
import type { Storage } from '../blocks/storage.ts'
import type { ShuffleOutputs } from '../shuffle/shuffle-outputs.ts'
import { FunctionTable } from '../stages/function-table.ts'
import type { BlockExported } from '../workers/protocol.ts'
import type { WorkerSlot } from '../workers/worker-slot.ts'
import { describeTask } from './describe-task.ts'
import { Fetches } from './fetches.ts'
import type { JobRun } from './job-run.ts'
import type { RunningTask } from './running-task.ts'
import type { StageRun } from './stage-run.ts'
import { TaskQueue } from './task-queue.ts'
import type { WaitingTask } from './task-queue.ts'

export interface DispatcherParts {
  readonly storage: Storage
  readonly outputs: ShuffleOutputs
  /** Shuffle blocks beyond this many bytes in shared memory go to disk. */
  readonly shuffleMemoryBytes: number
  readonly onStarted: (stage: StageRun, partition: number, worker: number) => void
  /** The task is not running and does not wait any more. */
  readonly onUnstartable: (stage: StageRun, partition: number, error: unknown) => void
}

/**
 * Has workers run tasks: those that wait, those that wait for what other workers hold, those that run.
 *
 * Invariant: S1 a slot runs one task at a time, and beside it those that mostly wait (`Action.beside`).
 */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #functions = new FunctionTable()
  readonly #queue = new TaskQueue()
  readonly #fetches = new Fetches((worker, message) => this.#slots[worker]!.post(message))
  readonly #running = new Map<number, RunningTask>()
  #slots: readonly WorkerSlot[] = []
  #nextTask = 1

  constructor(parts: DispatcherParts) {
    this.#parts = parts
  }

  useSlots(slots: readonly WorkerSlot[]): void {
    this.#slots = slots
  }

  /** A task that is to run once there is a slot for it, at the next `dispatch`. */
  add(stage: StageRun, partition: number): void {
    this.#queue.push({ stage, partition, worker: stage.workerFor(partition, this.#slots.length) })
  }

  /** Gives every free slot a task. */
  dispatch(): void {
    for (const slot of this.#slots) {
      while (slot.running === undefined) {
        const task = this.#queue.takeFor(slot.number)
        if (task === undefined) break
        this.#launch(slot, task.stage, task.partition)
      }
    }
  }

  #launch(slot: WorkerSlot, stage: StageRun, partition: number): void {
    const { storage, outputs, shuffleMemoryBytes, onStarted, onUnstartable } = this.#parts
    const taskId = this.#nextTask++
    try {
      const described = describeTask(stage, partition, slot, {
        taskId,
        functions: this.#functions,
        kept: storage,
        outputs,
        spill: outputs.bytesInMemory > shuffleMemoryBytes,
      })
      if (described.kind === 'away') return this.#sendAfter({ stage, partition, worker: slot.number }, described)
      slot.post(described.message)
      if (!stage.isBeside) slot.running = taskId
      this.#running.set(taskId, { stage, partition, slot, reads: described.reads, told: false })
      storage.pin(described.reads)
      onStarted(stage, partition, slot.number)
    } catch (error) {
      onUnstartable(stage, partition, error)
    }
  }

  /** The task needs what is on other workers' heaps: it goes where that is, or, where it is in several places, that comes to it. */
  #sendAfter(task: WaitingTask, { imports, readsHere }: { imports: readonly Import[]; readsHere: boolean }): void {
    const owner = imports[0]!.worker
    if (!readsHere && imports.every(({ worker }) => worker === owner)) this.#queue.push({ ...task, worker: owner })
    else this.#fetches.wait(task, imports)
  }

  /** A worker has answered for what is on its heap. */
  arrived(answer: BlockExported): void {
    this.#requeue(this.#fetches.arrived(answer))
  }

  /** Nothing comes any more from the heap of this worker. */
  unreachable(worker: number): void {
    this.#requeue(this.#fetches.lost(worker))
  }

  #requeue(tasks: readonly WaitingTask[]): void {
    for (const task of tasks) this.#queue.push(task)
    this.dispatch()
  }

  /** A worker says that a task has ended, and is free; undefined: that was known. */
  ended(slot: WorkerSlot, taskId: number): RunningTask | undefined {
    const task = this.#running.get(taskId)
    if (task === undefined) return undefined
    this.#running.delete(taskId)
    this.#parts.storage.unpin(task.reads)
    if (slot.running === taskId) slot.running = undefined
    return task
  }

  /** A worker is gone; gives the tasks that it ran. */
  lost(slot: WorkerSlot): RunningTask[] {
    slot.running = undefined
    const lost = [...this.#running].filter(([, task]) => task.slot === slot)
    for (const [taskId] of lost) this.#running.delete(taskId)
    for (const [, { reads }] of lost) this.#parts.storage.unpin(reads)
    return lost.map(([, task]) => task)
  }

  /** Nobody waits for the tasks of this job any more. Gives those that run: they are asked to stop. */
  giveUp(run: JobRun): RunningTask[] {
    this.#queue.remove(task => task.stage.job === run)
    this.#fetches.forget(run)
    const its = [...this.#running].filter(([, task]) => task.stage.job === run)
    for (const [taskId, { slot }] of its) slot.giveUp(taskId)
    return its.map(([, task]) => task)
  }

  /** Another job has ended: workers forget the functions that none has used for long. */
  forgetUnused(): void {
    const unused = this.#functions.age()
    if (unused.length > 0) for (const slot of this.#slots) slot.forget(unused)
  }
}
