import type { Engine } from '../../engine/engine.ts'
import type { ErrorData } from '../../errors/error-data.ts'
import { errorFromData } from '../../errors/error-from-data.ts'
import { errorToData } from '../../errors/error-to-data.ts'
import type { OncePer } from '../../logging/once-per.ts'
import type { Block } from '../../rdd/plan/source-spec.ts'
import type { StorageLevel } from '../../rdd/storage-level.ts'
import type { Cancel, Clock } from '../../time/clock.ts'
import type { StreamingEvent } from '../events/streaming-listener.ts'
import { settingsOf } from './protocol.ts'
import type { FromReceiver, ReceiverSettings, ToReceiver } from './protocol.ts'
import type { ReceivedData } from './received-data.ts'
import { runSomewhere } from './receiver-runner.ts'
import type { RunningReceiver } from './receiver-runner.ts'
import { failuresAfter, restartDelayMs } from './restart-delay.ts'
import type { ReceiverSpec } from './receiver-spec.ts'
import { infoOf, newReceiver, stepReceiver } from './receiver-status.ts'
import type { ReceiverEvent, ReceiverStatus } from './receiver-status.ts'

/** What the receivers of a program share. */
export interface TrackedReceiverParts {
  readonly engine: Pick<Engine, 'launch'>
  readonly clock: Clock
  readonly settings: Omit<ReceiverSettings, 'streamId'>
  /** Where blocks go. */
  readonly data: Pick<ReceivedData, 'add'>
  /** Warnings that come again and again. */
  readonly repeated: OncePer
  /** For listeners: that it has started, failed, stopped. */
  readonly emit: (event: StreamingEvent) => void
}

/** A thread that was started for it. */
interface Thread {
  /** Not known while it is being started. */
  handle: RunningReceiver | undefined
  gone: boolean
}

const lastLookMs = 1000
/** When onStart has not returned by then, it is said. */
const longOnStartMs = 30_000

/** A receiver that is not asked to end in good order is given this long for its onStop. */
const hastyStopMs = 1000

/**
 * The driver's side of one receiver: starts it, and again when its thread dies; answers for its blocks; knows how it is.
 *
 * @see Spark's `ReceiverTracker.ReceiverTrackerEndpoint`
 */
export class TrackedReceiver {
  readonly #spec: ReceiverSpec
  readonly #parts: TrackedReceiverParts
  #status: ReceiverStatus
  #running: RunningReceiver | undefined
  #paused = false
  #stopping = false
  /** Its last rate limit, for a thread that takes the place of one that died. */
  #ratePerSecond: number | undefined
  /** A thread that died is replaced at this time. */
  #cancelRelaunch: Cancel = () => {}
  /** Threads that died, in a row. */
  #deaths = 0
  /** What the thread has done so far. */
  #run = { fromMs: 0, blocks: 0 }
  /** It is said once when onStart does not return. */
  #cancelHang: Cancel = () => {}
  readonly #ended = Promise.withResolvers<void>()

  constructor(streamId: number, spec: ReceiverSpec, parts: TrackedReceiverParts) {
    this.#spec = spec
    this.#parts = parts
    this.#status = newReceiver(streamId, spec.name)
    this.#ratePerSecond = parts.settings.receiverMaxRatePerSecond
  }

  get status(): ReceiverStatus {
    return this.#status
  }

  get storageLevel(): StorageLevel {
    return this.#spec.storageLevel
  }

  get isPaused(): boolean {
    return this.#paused
  }

  /** It hands nothing on while it is paused. */
  pause(paused: boolean): void {
    this.#paused = paused
    this.#running?.send({ type: 'pause', paused })
  }

  limitRate(recordsPerSecond: number): void {
    this.#ratePerSecond = recordsPerSecond
    this.#running?.send({ type: 'rate', recordsPerSecond })
  }

  /** Graceful: resolves when it has ended and everything it stored has arrived. Else it is ended after a second. */
  async stop(graceful: boolean): Promise<void> {
    this.#stopping = true
    this.#cancelRelaunch()
    const running = this.#running
    if (running === undefined) return
    // A paused receiver could not hand over what it has.
    running.send({ type: 'pause', paused: false })
    running.send({ type: 'stop', message: graceful ? 'Stopped by driver' : 'Stopped by driver at once' })
    if (graceful) return this.#ended.promise
    const cancel = this.#parts.clock.after(hastyStopMs, () => void running.terminate())
    await this.#ended.promise
    cancel()
  }

  start(): void {
    const { engine, clock, settings } = this.#parts
    const limited = { ...settings, receiverMaxRatePerSecond: this.#ratePerSecond }
    this.#run = { fromMs: clock.elapsed(), blocks: 0 }
    this.#cancelHang = clock.after(longOnStartMs, () => {
      // Where this thread itself was busy for so long, the message that it has started comes now.
      this.#cancelHang = clock.after(lastLookMs, () => this.#sayHangs())
    })
    let told = false
    const thread: Thread = { handle: undefined, gone: false }
    thread.handle = runSomewhere(this.#spec, settingsOf(this.#status.streamId, limited), {
      ...{ engine, clock },
      onMessage: message => {
        told ||= message.type === 'stopped'
        this.#onMessage(thread, message)
      },
      onEnd: error => {
        if (thread.gone) return
        thread.gone = true
        this.#onEnd(told, error)
      },
    })
    this.#running = thread.handle
    if (this.#paused) this.#running.send({ type: 'pause', paused: true })
  }

  #sayHangs(): void {
    const text = `onStart has not returned after ${longOnStartMs} ms: it begins receiving and returns, else nothing reaches the receiver`
    this.#failed({ message: text, count: 1 }, 'goes-on')
  }

  #onMessage(from: Thread, message: FromReceiver): void {
    switch (message.type) {
      case 'block':
        void this.#onBlock(from, message.number, message.block)
        return
      case 'started':
        this.#cancelHang()
        return this.#step({ type: 'started' })
      case 'error':
        return this.#failed(message, 'goes-on')
      case 'restarting':
        this.#warn(`Restarting receiver with delay ${message.delayMs} ms: ${textOf(message)}`)
        return this.#failed(message, 'restarts')
      case 'stopped':
        if (message.error === undefined) return this.#step({ type: 'stopped' })
        this.#warn(`Stopped receiver: ${textOf(message)}`)
        return this.#failed({ ...message, count: 1 }, 'stops')
    }
  }

  /** Logged if there is a log, added, answered: in this order. Where room has to be made for it first, the receiver waits for that, too. */
  async #onBlock(from: Thread, number: number, block: Block): Promise<void> {
    const { records, bytes } = block
    const size = bytes.length
    try {
      const kept = this.#parts.data.add(this.#status.streamId, block, () => {
        this.#run.blocks++
        this.#step({ type: 'stored', records, bytes: size })
      })
      if (kept !== undefined) await kept
      this.#answer(from, { type: 'stored', number })
    } catch (error) {
      const { message: why } = errorToData(error)
      this.#warn(`a block could not be written to the log: ${why}`)
      this.#answer(from, { type: 'refused', number, why })
    }
  }

  /** To the thread that sent the block: its successor counts blocks anew. */
  #answer(to: Thread, message: ToReceiver): void {
    if (to.gone) return
    // A receiver in the driver may store inside onStart, before it is known to run.
    if (to.handle === undefined) queueMicrotask(() => to.handle?.send(message))
    else to.handle.send(message)
  }

  #onEnd(told: boolean, error: unknown): void {
    // What the receiver has left behind (a timer, a connection) must not keep the thread.
    const running = this.#running
    this.#running = undefined
    this.#cancelHang()
    void running?.terminate()
    if (this.#stopping || told) {
      if (this.#status.phase !== 'stopped') this.#step({ type: 'stopped' })
      this.#ended.resolve()
      return
    }
    const { clock, settings } = this.#parts
    const outcome = { ranMs: clock.elapsed() - this.#run.fromMs, stored: this.#run.blocks > 0 }
    this.#deaths = failuresAfter(this.#deaths, outcome, settings)
    const delayMs = restartDelayMs(this.#deaths, settings)
    const message = 'The receiver’s thread ended'
    const data = error === undefined ? undefined : errorToData(error)
    this.#warn(`Restarting receiver with delay ${delayMs} ms: ${textOf({ message, ...(data && { error: data }) })}`)
    this.#failed({ message, count: this.#deaths, ...(data && { error: data }) }, 'restarts')
    this.#cancelRelaunch = clock.after(delayMs, () => this.#startAgain())
  }

  /** What keeps a thread from being started (the system has none left) may pass. */
  #startAgain(): void {
    try {
      this.start()
    } catch (error) {
      this.#onEnd(false, error)
    }
  }

  #failed(
    what: { readonly message: string; readonly error?: ErrorData; readonly count: number },
    then: 'goes-on' | 'restarts' | 'stops',
  ): void {
    const { message, error, count } = what
    if (then === 'goes-on') this.#warn(textOf(what))
    this.#step({ type: 'failed', message, error, count, then, timeMs: this.#parts.clock.now() })
  }

  #step(event: ReceiverEvent): void {
    this.#status = stepReceiver(this.#status, event)
    if (event.type === 'stored') return
    const receiverInfo = infoOf(this.#status)
    const type =
      event.type === 'started'
        ? 'receiverStarted'
        : event.type === 'failed' && event.then === 'goes-on'
          ? 'receiverError'
          : 'receiverStopped'
    this.#parts.emit({ type, receiverInfo })
  }

  #warn(text: string): void {
    this.#parts.repeated.add(`${this.#status.name}[${this.#status.streamId}]: ${text}`)
  }
}

function textOf({ message, error }: { readonly message: string; readonly error?: ErrorData }): string {
  if (error === undefined) return message
  const thrown = errorFromData(error)
  return `${message}: ${thrown instanceof Error ? thrown.message || error.code || error.name : String(thrown)}`
}
