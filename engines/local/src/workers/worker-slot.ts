import { Worker } from 'node:worker_threads'
import { classes } from '@dstream/core/engine'
import type { Closure } from '@dstream/core/engine'
import type { FromWorker, FunctionDefinition, ToWorker, WorkerSettings } from './protocol.ts'
import { threadProgram } from './thread-program.ts'

/** What a slot tells the scheduler. */
export interface SlotEvents {
  readonly onMessage: (slot: WorkerSlot, message: FromWorker) => void
  /** The thread is gone, whatever the reason; the slot is about to start another. */
  readonly onDeath: (slot: WorkerSlot, reason: string) => void
}

export interface SlotOptions {
  readonly preload: readonly string[]
  readonly recordErrors: 'fail' | 'skip'
  readonly spillDirectory: string
  readonly spillKey: Uint8Array | undefined
  readonly encryption: WorkerSettings['encryption']
  readonly heapMb: number | undefined
  readonly compress: WorkerSettings['compress']
  /** What every new thread is told first. */
  readonly greeting: () => readonly ToWorker[]
}

/** One task slot: a thread that is replaced when it dies. It runs one task at a time. */
export class WorkerSlot {
  readonly number: number
  /** The task that runs here now. */
  running: number | undefined
  /** The functions this thread has been told, by number. */
  readonly #known = new Set<number>()
  #classesKnown = 0
  readonly #options: SlotOptions
  readonly #events: SlotEvents
  #thread: Worker
  #cancelled: Int32Array<SharedArrayBuffer>
  #closing = false

  constructor(number: number, options: SlotOptions, events: SlotEvents) {
    this.number = number
    this.#options = options
    this.#events = events
    this.#cancelled = new Int32Array(new SharedArrayBuffer(4))
    this.#thread = this.#start()
  }

  /** @throws DataCloneError something in the message cannot cross; then nothing of it counts as told */
  post(message: ToWorker): void {
    try {
      this.#thread.postMessage(message)
    } catch (error) {
      if (message.type === 'run') for (const { number } of message.define) this.#known.delete(number)
      throw error
    }
  }

  /** Those of the functions that this thread has not been told yet; from now on it knows them. */
  unknown(functions: readonly FunctionDefinition[]): FunctionDefinition[] {
    const unknown = functions.filter(({ number }) => !this.#known.has(number))
    for (const { number } of unknown) this.#known.add(number)
    return unknown
  }

  /** The user's classes that this thread has not been told yet; from now on it knows them. */
  unknownClasses(): readonly Closure[] {
    const { definitions, known } = classes.definitionsSince(this.#classesKnown)
    this.#classesKnown = known
    return definitions
  }

  forget(numbers: readonly number[]): void {
    const known = numbers.filter(number => this.#known.delete(number))
    if (known.length > 0) this.post({ type: 'forget', numbers: known })
  }

  /** Asks the running task to stop at its next record. */
  giveUp(taskId: number): void {
    if (this.running === taskId) Atomics.store(this.#cancelled, 0, taskId)
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#thread.terminate()
  }

  #start(): Worker {
    this.#cancelled = new Int32Array(new SharedArrayBuffer(4))
    const { preload, recordErrors, spillDirectory, spillKey, encryption, heapMb, compress } = this.#options
    const settings: WorkerSettings = {
      worker: this.number,
      preload,
      recordErrors,
      spillDirectory,
      spillKey,
      encryption,
      compress,
      cancelled: this.#cancelled,
    }
    const thread = new Worker(threadProgram('task-worker', import.meta.url), {
      name: `task worker ${this.number}`,
      workerData: settings,
      ...(heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
    })
    for (const message of this.#options.greeting()) thread.postMessage(message)
    let reason: string | undefined
    thread.on('message', message => this.#events.onMessage(this, message as FromWorker))
    thread.on('error', error => (reason = describe(error)))
    thread.on('exit', code =>
      this.#died(thread, reason ?? `the thread ended with exit code ${code} (process.exit, or terminated)`),
    )
    return thread
  }

  #died(thread: Worker, reason: string): void {
    if (this.#closing || thread !== this.#thread) return
    this.#known.clear()
    this.#classesKnown = 0
    this.#thread = this.#start()
    this.#events.onDeath(this, reason)
  }
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'it ran out of memory (its heap limit was reached)'
  return `an error that no task caught: ${message ?? String(error)}`
}
