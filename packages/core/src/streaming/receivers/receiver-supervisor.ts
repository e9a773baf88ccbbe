import { encodeRecords } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { ErrorData } from '../../errors/error-data.ts'
import { errorToData } from '../../errors/error-to-data.ts'
import { oncePer } from '../../logging/once-per.ts'
import type { OncePer } from '../../logging/once-per.ts'
import type { Cancel, Clock } from '../../time/clock.ts'
import { StateMachine } from '../state-machine.ts'
import { BlockGenerator } from '../blocks/block-generator.ts'
import { BlockQueue } from '../blocks/block-queue.ts'
import { LineBuffer } from '../blocks/line-buffer.ts'
import { RecordBuffer } from '../blocks/record-buffer.ts'
import type { Storable } from './many.ts'
import type { FromReceiver, ReceiverSettings, ToReceiver } from './protocol.ts'
import { attach } from './receiver.ts'
import type { Receiver, ReceiverLink } from './receiver.ts'
import type { RunOutcome } from './restart-delay.ts'
import { initialSupervisor, stepSupervisor } from './supervisor-steps.ts'
import type { Reason, SupervisorCommand, SupervisorEvent, SupervisorState } from './supervisor-steps.ts'

/** An onStop that takes longer is not waited for any more. */
const longestOnStopMs = 10_000

/** Lines stored as bytes by a custom receiver have no bound of their own but this. */
const longestStoredLine = 2 ** 30

/**
 * Runs one receiver, beside it: in its thread, or in the driver. The shell of the state machine in supervisor-steps.ts; it also makes blocks of what
 * is stored. Errors of the receiver are reported to the driver, once per cause with a count, and never thrown.
 *
 * @see Spark's `ReceiverSupervisor`
 */
export class ReceiverSupervisor implements ReceiverLink {
  readonly #receiver: Receiver<never>
  readonly #settings: ReceiverSettings
  readonly #clock: Clock
  readonly #send: (message: FromReceiver) => void
  readonly #queue: BlockQueue
  readonly #records: RecordBuffer
  readonly #errors: OncePer
  /** Every restart is told, there is a delay between them; this counts them by cause. */
  readonly #restarts = oncePer(() => {})
  readonly #machine = new StateMachine<SupervisorState, SupervisorEvent, SupervisorCommand>(
    initialSupervisor,
    (state, event) => stepSupervisor(state, event, this.#settings),
    command => this.#perform(command),
  )
  readonly #ended = Promise.withResolvers<void>()
  #lastError: { readonly message: string; readonly error?: ErrorData } = { message: '' }
  #cancelWait: Cancel = () => {}
  #cancelLate: Cancel = () => {}
  /** When onStart was called last. */
  #ranFromMs = 0

  readonly generator: BlockGenerator

  constructor(
    receiver: Receiver<never>,
    settings: ReceiverSettings,
    clock: Clock,
    send: (message: FromReceiver) => void,
  ) {
    this.#receiver = receiver
    this.#settings = settings
    this.#clock = clock
    this.#send = send
    this.#queue = new BlockQueue({
      clock,
      send: (number, block) => send({ type: 'block', number, block }),
      size: settings.blockQueueSize,
      waitingBytes: settings.blockQueueSize * settings.receiverMaxBlockBytes,
      storeTimeoutMs: settings.blockStoreTimeoutMs,
    })
    this.generator = new BlockGenerator({
      clock,
      streamId: settings.streamId,
      queue: this.#queue,
      blockIntervalMs: settings.blockIntervalMs,
      maxBlockBytes: settings.receiverMaxBlockBytes,
      maxRatePerSecond: settings.receiverMaxRatePerSecond,
      onLostBlock: error => this.reportError('A block of records was lost', error),
    })
    this.#records = new RecordBuffer(error => this.reportError('A record was left out, it cannot be stored', error))
    this.generator.addPart(this.#records)
    this.#errors = oncePer((_, count) => send({ type: 'error', ...this.#lastError, count }))
    attach(receiver, this)
  }

  /** Calls onStart. */
  start(): void {
    this.#machine.handle({ type: 'start' })
  }

  /** Resolves when the receiver has stopped for good and everything it stored has its answer. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  onMessage(message: ToReceiver): void {
    switch (message.type) {
      case 'stored':
        return this.#queue.stored(message.number)
      case 'refused':
        return this.#queue.refused(message.number, message.why)
      case 'stop':
        return this.stop(message.message, undefined)
      case 'pause':
        return this.#queue.setPaused(message.paused)
      case 'rate':
        return this.generator.updateRate(message.recordsPerSecond)
    }
  }

  get streamId(): number {
    return this.#settings.streamId
  }

  get started(): boolean {
    const { phase } = this.#machine.state
    return phase === 'started' || phase === 'starting'
  }

  get stopped(): boolean {
    return !this.started
  }

  storeOne(record: unknown): Promise<void> {
    // Who does not wait for the answer must not be brought down by it: what comes too late is dropped, as it would be a moment later.
    if (this.#over) return Promise.resolve()
    const { receiverMaxWaitingRecords: most } = this.#settings
    if (most > 0 && this.#records.records >= most) return this.#dropped()
    this.#records.add(record)
    this.generator.added(this.#records)
    return this.generator.room()
  }

  /** Who waits for `store` never gets here. */
  #dropped(): Promise<void> {
    const error = recordDropped(this.#settings.receiverMaxWaitingRecords)
    this.reportError('Records were dropped', error)
    const dropped = Promise.reject(error)
    dropped.catch(() => {})
    return dropped
  }

  storeMany(many: Storable): Promise<void> {
    const stored = this.#storeMany(many)
    // Rejected for who waits; who does not wait gets a report and no unhandled rejection.
    stored.catch((error: unknown) => this.reportError('Records were not stored', error))
    return stored
  }

  get #over(): boolean {
    const { phase } = this.#machine.state
    return phase === 'draining' || phase === 'stopped'
  }

  async #storeMany(many: Storable): Promise<void> {
    if (this.#over) throw notRunning()
    if (many.kind === 'records') {
      const { records } = many
      if (records.length === 0) return
      await this.generator.store({ bytes: encodeRecords(records), records: records.length, format: 'records' })
      return
    }
    const lines = new LineBuffer(longestStoredLine)
    lines.feed(many.bytes)
    lines.end()
    const content = lines.take(Infinity)
    if (content !== undefined) await this.generator.store(content)
  }

  restart(message: string, error: unknown, delayMs: number | undefined): void {
    this.#machine.handle({ type: 'restart', reason: { message, error }, delayMs, outcome: this.#outcome() })
  }

  stop(message: string, error: unknown): void {
    this.#machine.handle({ type: 'stop', reason: { message, error } })
  }

  reportError(message: string, error: unknown): void {
    this.#lastError = told({ message, error })
    this.#errors.add(causeOf(this.#lastError))
  }

  #perform(command: SupervisorCommand): void {
    switch (command.type) {
      case 'callOnStart':
        return this.#callOnStart(command.run)
      case 'callOnStop':
        return this.#callOnStop(command.run)
      case 'tellStarted':
        return this.#send({ type: 'started' })
      case 'tellRestarting':
        return this.#tellRestarting(command.reason, command.delayMs)
      case 'wait':
        this.#cancelWait = this.#clock.after(command.delayMs, () => this.#machine.handle({ type: 'delayOver' }))
        return
      case 'cancelWait':
        return this.#cancelWait()
      case 'drain':
        this.generator.flush()
        void this.#queue.empty().then(() => this.#machine.handle({ type: 'drained' }))
        return
      case 'end':
        if (!command.givenUp) this.#send({ type: 'stopped', ...told(command.reason) })
        return this.#ended.resolve()
    }
  }

  #callOnStart(run: number): void {
    this.#ranFromMs = this.#clock.elapsed()
    this.generator.used = false
    const failed = (error: unknown): void =>
      this.#machine.handle({ type: 'onStartFailed', run, error, outcome: this.#outcome() })
    try {
      const result = this.#receiver.onStart()
      this.#machine.handle({ type: 'onStartReturned', run })
      if (isPromise(result)) result.then(undefined, failed)
    } catch (error) {
      failed(error)
    }
  }

  #callOnStop(run: number): void {
    const ended = (): void => {
      this.#cancelLate()
      this.#machine.handle({ type: 'onStopEnded', run })
    }
    const failed = (error: unknown): void => {
      this.reportError('Error stopping receiver', error)
      ended()
    }
    try {
      const result = this.#receiver.onStop()
      if (!isPromise(result)) return ended()
      this.#cancelLate = this.#clock.after(longestOnStopMs, () => this.#onStopLate(run))
      result.then(ended, failed)
    } catch (error) {
      failed(error)
    }
  }

  #onStopLate(run: number): void {
    this.reportError(`onStop has not ended within ${longestOnStopMs} ms and is not waited for`, undefined)
    this.#machine.handle({ type: 'onStopLate', run })
  }

  #outcome(): RunOutcome {
    return { ranMs: this.#clock.elapsed() - this.#ranFromMs, stored: this.generator.used }
  }

  #tellRestarting(reason: Reason, delayMs: number): void {
    const data = told(reason)
    this.#restarts.add(causeOf(data))
    this.#send({ type: 'restarting', ...data, count: this.#restarts.counts.get(causeOf(data)) ?? 1, delayMs })
  }
}

function told({ message, error }: Reason): { readonly message: string; readonly error?: ErrorData } {
  return error === undefined ? { message } : { message, error: errorToData(error) }
}

function causeOf({ message, error }: { readonly message: string; readonly error?: ErrorData }): string {
  return error === undefined ? message : `${message}: ${error.code ?? error.name} ${error.message}`
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

const notRunning = (): DStreamError =>
  new DStreamError('RECEIVER_STOPPED', 'The receiver has been stopped: nothing can be stored any more', {
    hint: 'Ask isStopped() before receiving on.',
  })

const recordDropped = (most: number): DStreamError =>
  new DStreamError('RECORD_DROPPED', `A record was dropped: ${most} records wait to be put into blocks`, {
    hint: 'Wait for the promise of store() before you store more, or change spark.dstream.receiver.maxWaitingRecords (0: no bound).',
  })
