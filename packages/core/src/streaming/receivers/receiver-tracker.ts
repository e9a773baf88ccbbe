import type { Engine } from '../../engine/engine.ts'
import type { ErrorData } from '../../errors/error-data.ts'
import { errorFromData } from '../../errors/error-from-data.ts'
import { errorToData } from '../../errors/error-to-data.ts'
import type { Logger } from '../../logging/logger.ts'
import { oncePer } from '../../logging/once-per.ts'
import type { OncePer } from '../../logging/once-per.ts'
import type { Block, StoredBlock } from '../../rdd/plan/source-spec.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import type { Cancel, Clock } from '../../time/clock.ts'
import type { BatchFeed } from '../batches/batch-feed.ts'
import type { KeptBlock, ReceivedBlocks } from '../blocks/received-blocks.ts'
import type { StreamingEvent } from '../events/streaming-listener.ts'
import { settingsOf } from './protocol.ts'
import type { FromReceiver, ReceiverSettings, ToReceiver } from './protocol.ts'
import { ReceivedData } from './received-data.ts'
import type { ReceivedDataOptions, RecordEvent } from './received-data.ts'
import { runSomewhere } from './receiver-runner.ts'
import type { RunningReceiver } from './receiver-runner.ts'
import { failuresAfter, restartDelayMs } from './restart-delay.ts'
import type { ReceiverSpec } from './receiver-spec.ts'
import { infoOf, newReceiver, stepReceiver } from './receiver-status.ts'
import type { ReceiverEvent, ReceiverStatus } from './receiver-status.ts'

/** What the tracker works with. */
export interface ReceiverTrackerOptions {
  readonly engine: Pick<Engine, 'launch' | 'storeBlock' | 'dropBlock'>
  readonly clock: Clock
  readonly settings: Omit<ReceiverSettings, 'streamId'> & ReceivedDataOptions['settings']
  readonly logger: Logger
  /** For listeners: receivers that started, failed, stopped. */
  readonly emit: (event: StreamingEvent) => void
  /** Makes an event durable before it is acted on: the write-ahead log. Without it, events are acted on at once. */
  readonly record?: RecordEvent
}

interface Tracked {
  readonly spec: ReceiverSpec
  status: ReceiverStatus
  running: RunningReceiver | undefined
  paused: boolean
  /** Its last rate limit, for a thread that takes the place of one that died. */
  ratePerSecond: number | undefined
  /** A thread that died is replaced at this time. */
  cancelRelaunch: Cancel
  /** Threads that died, in a row. */
  deaths: number
  /** What the thread has done so far. */
  run: { readonly fromMs: number; blocks: number }
  /** It is said once when onStart does not return. */
  cancelHang: Cancel
  readonly ended: PromiseWithResolvers<void>
}

const lastLookMs = 1000
/** When onStart has not returned by then, it is said. */
const longOnStartMs = 30_000

/** A receiver that is not asked to end in good order is given this long for its onStop. */
const hastyStopMs = 1000

/**
 * The driver's side of all receivers: starts them, knows how they are, holds what they received, and says which block belongs to which
 * batch. It is told when batches are allocated, completed and cleaned.
 *
 * @see Spark's `ReceiverTracker`
 */
export class ReceiverTracker implements BatchFeed {
  readonly #options: ReceiverTrackerOptions
  readonly #receivers = new Map<number, Tracked>()
  readonly #repeated: OncePer
  readonly #data: ReceivedData
  #phase: 'created' | 'started' | 'stopping' = 'created'

  constructor(options: ReceiverTrackerOptions) {
    this.#options = options
    this.#data = new ReceivedData({
      ...options,
      record: options.record,
      levelOf: streamId => this.#receivers.get(streamId)?.spec.storageLevel ?? StorageLevel.MEMORY_AND_DISK,
      onChange: () => this.#pauseOrResume(),
      onDiskFailure: error =>
        this.#repeated.add(`Received blocks could not be put on disk: ${errorToData(error).message}`),
    })
    this.#repeated = oncePer((text, count) =>
      options.logger.warn(count === 1 ? text : `${text} (${count} times by now)`),
    )
  }

  /** Another receiver, for the input stream of this number; before `start`. */
  add(streamId: number, spec: ReceiverSpec): void {
    const ended = Promise.withResolvers<void>()
    this.#receivers.set(streamId, {
      spec,
      status: newReceiver(streamId, spec.name),
      running: undefined,
      paused: false,
      ratePerSecond: this.#options.settings.receiverMaxRatePerSecond,
      cancelRelaunch: () => {},
      deaths: 0,
      run: { fromMs: 0, blocks: 0 },
      cancelHang: () => {},
      ended,
    })
  }

  /** Before the start: a log for events, and what an earlier run has left in it. */
  useLog(record: RecordEvent, recovered: ReceivedBlocks<KeptBlock>): void {
    this.#data.useLog(record, recovered)
  }

  /** Starts all receivers. */
  start(): void {
    this.#phase = 'started'
    for (const tracked of this.#receivers.values()) this.#launch(tracked)
  }

  /** How each receiver is. */
  statuses(): ReceiverStatus[] {
    return [...this.#receivers.values()].map(tracked => tracked.status)
  }

  /** What was received so far belongs to this batch. Again for the same time: nothing. */
  allocate(timeMs: number): void {
    this.#data.allocate(timeMs)
  }

  /** The blocks of a stream in a batch, in the order in which they were received. */
  blocksOf(timeMs: number, streamId: number): StoredBlock[] {
    return this.#data.blocksOf(timeMs, streamId)
  }

  /** Something was received that belongs to no batch yet. */
  hasUnallocated(): boolean {
    return this.#data.hasUnallocated
  }

  /** Batches up to this time have been processed: their bytes do not count any more as waiting. */
  completed(upToMs: number): void {
    this.#data.completed(upToMs)
  }

  /** The batches up to this time need their blocks no more. */
  release(upToMs: number): void {
    this.#data.release(upToMs)
  }

  /** A new rate limit for a receiver, in records a second. */
  updateRate(streamId: number, recordsPerSecond: number): void {
    const tracked = this.#receivers.get(streamId)
    if (tracked === undefined) return
    this.#options.logger.debug(() => `Received a new rate limit: ${recordsPerSecond}.`)
    tracked.ratePerSecond = recordsPerSecond
    tracked.running?.send({ type: 'rate', recordsPerSecond })
  }

  /**
   * Stops all receivers. Graceful: resolves when each has ended and everything it stored has arrived. Else they are ended after a second.
   */
  async stop(graceful: boolean): Promise<void> {
    const created = this.#phase === 'created'
    this.#phase = 'stopping'
    if (created) return
    await Promise.all([...this.#receivers.values()].map(tracked => this.#stopOne(tracked, graceful)))
  }

  async #stopOne(tracked: Tracked, graceful: boolean): Promise<void> {
    tracked.cancelRelaunch()
    const { running } = tracked
    if (running === undefined) return
    // A paused receiver could not hand over what it has.
    running.send({ type: 'pause', paused: false })
    running.send({ type: 'stop', message: graceful ? 'Stopped by driver' : 'Stopped by driver at once' })
    if (graceful) return tracked.ended.promise
    const { clock } = this.#options
    const cancel = clock.after(hastyStopMs, () => void running.terminate())
    await tracked.ended.promise
    cancel()
  }

  #launch(tracked: Tracked): void {
    const { engine, clock, settings } = this.#options
    const { streamId } = tracked.status
    const limited = { ...settings, receiverMaxRatePerSecond: tracked.ratePerSecond }
    tracked.run = { fromMs: clock.elapsed(), blocks: 0 }
    tracked.cancelHang = clock.after(longOnStartMs, () => {
      // Where this thread itself was busy for so long, the message that it has started comes now.
      tracked.cancelHang = clock.after(lastLookMs, () => this.#sayHangs(tracked))
    })
    let told = false
    let gone = false
    tracked.running = runSomewhere(tracked.spec, settingsOf(streamId, limited), {
      ...{ engine, clock },
      onMessage: message => {
        told ||= message.type === 'stopped'
        this.#onMessage(tracked, message)
      },
      onEnd: error => {
        if (gone) return
        gone = true
        this.#onEnd(tracked, told, error)
      },
    })
    if (tracked.paused) tracked.running.send({ type: 'pause', paused: true })
  }

  #sayHangs(tracked: Tracked): void {
    const text = `onStart has not returned after ${longOnStartMs} ms: it begins receiving and returns, else nothing reaches the receiver`
    this.#failed(tracked, { message: text, count: 1 }, 'goes-on')
  }

  #onMessage(tracked: Tracked, message: FromReceiver): void {
    switch (message.type) {
      case 'block':
        void this.#onBlock(tracked, message.number, message.block)
        return
      case 'started':
        tracked.cancelHang()
        return this.#step(tracked, { type: 'started' })
      case 'error':
        return this.#failed(tracked, message, 'goes-on')
      case 'restarting':
        this.#repeated.add(
          `${nameOf(tracked)}: Restarting receiver with delay ${message.delayMs} ms: ${textOf(message)}`,
        )
        return this.#failed(tracked, message, 'restarts')
      case 'stopped':
        if (message.error === undefined) return this.#step(tracked, { type: 'stopped' })
        this.#repeated.add(`${nameOf(tracked)}: Stopped receiver: ${textOf(message)}`)
        return this.#failed(tracked, { ...message, count: 1 }, 'stops')
    }
  }

  /** Logged if there is a log, added, answered: in this order. Where room has to be made for it first, the receiver waits for that, too. */
  async #onBlock(tracked: Tracked, number: number, block: Block): Promise<void> {
    // Of the thread that sent it: its successor counts blocks anew.
    const { running } = tracked
    const { records, bytes } = block
    const size = bytes.length
    try {
      const kept = this.#data.add(tracked.status.streamId, block, () => {
        tracked.run.blocks++
        this.#step(tracked, { type: 'stored', records, bytes: size })
      })
      if (kept !== undefined) await kept
      this.#answer(tracked, running, { type: 'stored', number })
    } catch (error) {
      const { message: why } = errorToData(error)
      this.#repeated.add(`${nameOf(tracked)}: a block could not be written to the log: ${why}`)
      this.#answer(tracked, running, { type: 'refused', number, why })
    }
  }

  #answer(tracked: Tracked, running: RunningReceiver | undefined, message: ToReceiver): void {
    // A receiver in the driver may store inside onStart, before it is known to run.
    if (running === undefined) queueMicrotask(() => tracked.running?.send(message))
    else running.send(message)
  }

  #onEnd(tracked: Tracked, told: boolean, error: unknown): void {
    // What the receiver has left behind (a timer, a connection) must not keep the thread.
    const { running } = tracked
    tracked.running = undefined
    tracked.cancelHang()
    void running?.terminate()
    if (this.#phase === 'stopping' || told) {
      if (tracked.status.phase !== 'stopped') this.#step(tracked, { type: 'stopped' })
      tracked.ended.resolve()
      return
    }
    const { clock, settings } = this.#options
    const outcome = { ranMs: clock.elapsed() - tracked.run.fromMs, stored: tracked.run.blocks > 0 }
    tracked.deaths = failuresAfter(tracked.deaths, outcome, settings)
    const delayMs = restartDelayMs(tracked.deaths, settings)
    const message = 'The receiver’s thread ended'
    const data = error === undefined ? undefined : errorToData(error)
    this.#repeated.add(
      `${nameOf(tracked)}: Restarting receiver with delay ${delayMs} ms: ${textOf({ message, ...(data && { error: data }) })}`,
    )
    this.#failed(tracked, { message, count: tracked.deaths, ...(data && { error: data }) }, 'restarts')
    tracked.cancelRelaunch = clock.after(delayMs, () => this.#launch(tracked))
  }

  #failed(
    tracked: Tracked,
    what: { readonly message: string; readonly error?: ErrorData; readonly count: number },
    then: 'goes-on' | 'restarts' | 'stops',
  ): void {
    const { message, error, count } = what
    if (then === 'goes-on') this.#repeated.add(`${nameOf(tracked)}: ${textOf(what)}`)
    this.#step(tracked, { type: 'failed', message, error, count, then, timeMs: this.#options.clock.now() })
  }

  #step(tracked: Tracked, event: ReceiverEvent): void {
    tracked.status = stepReceiver(tracked.status, event)
    if (event.type === 'stored') return
    const receiverInfo = infoOf(tracked.status)
    const type =
      event.type === 'started'
        ? 'receiverStarted'
        : event.type === 'failed' && event.then === 'goes-on'
          ? 'receiverError'
          : 'receiverStopped'
    this.#options.emit({ type, receiverInfo })
  }

  /** What bounds memory and disk when batches cannot keep up. */
  #pauseOrResume(): void {
    if (this.#phase === 'stopping') return
    for (const tracked of this.#receivers.values()) {
      const why = this.#data.whyWait(tracked.spec.storageLevel)
      if ((why !== undefined) === tracked.paused) continue
      tracked.paused = why !== undefined
      if (why !== undefined) this.#repeated.add(why)
      tracked.running?.send({ type: 'pause', paused: tracked.paused })
    }
  }
}

const nameOf = (tracked: Tracked): string => `${tracked.status.name}[${tracked.status.streamId}]`

function textOf({ message, error }: { readonly message: string; readonly error?: ErrorData }): string {
  if (error === undefined) return message
  const thrown = errorFromData(error)
  return `${message}: ${thrown instanceof Error ? thrown.message || error.code || error.name : String(thrown)}`
}
