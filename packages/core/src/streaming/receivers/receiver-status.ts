import { hostname } from 'node:os'
import type { ErrorData } from '../../errors/error-data.ts'
import type { ReceiverInfo } from '../events/streaming-listener.ts'

/** Where a receiver is, seen from the driver. */
export const receiverMoves = {
  /** Its thread is being started, or it waits for its restart. */
  inactive: ['active', 'stopped'],
  active: ['inactive', 'stopped'],
  stopped: [],
} as const

export type ReceiverPhase = keyof typeof receiverMoves

export interface ReceiverStatus {
  readonly streamId: number
  readonly name: string
  readonly phase: ReceiverPhase
  readonly lastErrorMessage: string
  readonly lastError: string
  /** Epoch milliseconds; -1 when there was none. */
  readonly lastErrorMs: number
  /** How often the cause of the last error has happened. */
  readonly lastErrorCount: number
  readonly blocks: number
  readonly records: number
  readonly bytes: number
}

export type ReceiverEvent =
  | { readonly type: 'started' }
  | {
      readonly type: 'failed'
      readonly message: string
      readonly error: ErrorData | undefined
      readonly count: number
      readonly timeMs: number
      readonly then: 'goes-on' | 'restarts' | 'stops'
    }
  | { readonly type: 'stopped' }
  | { readonly type: 'stored'; readonly records: number; readonly bytes: number }

export const newReceiver = (streamId: number, name: string): ReceiverStatus => ({
  ...{ streamId, name, phase: 'inactive', lastErrorMessage: '', lastError: '', lastErrorMs: -1, lastErrorCount: 0 },
  ...{ blocks: 0, records: 0, bytes: 0 },
})

/** The status after an event. A stopped receiver stays stopped. */
export function stepReceiver(status: ReceiverStatus, event: ReceiverEvent): ReceiverStatus {
  switch (event.type) {
    case 'started':
      return status.phase === 'stopped' ? status : { ...status, phase: 'active' }
    case 'stopped':
      return { ...status, phase: 'stopped' }
    case 'failed': {
      const after = event.then === 'stops' ? 'stopped' : event.then === 'restarts' ? 'inactive' : status.phase
      return {
        ...status,
        phase: status.phase === 'stopped' ? 'stopped' : after,
        lastErrorMessage: event.message,
        lastError: event.error === undefined ? '' : (event.error.stack ?? event.error.message),
        lastErrorMs: event.timeMs,
        lastErrorCount: event.count,
      }
    }
    case 'stored':
      return {
        ...status,
        blocks: status.blocks + 1,
        records: status.records + event.records,
        bytes: status.bytes + event.bytes,
      }
  }
}

/** As listeners get it. */
export function infoOf(status: ReceiverStatus): ReceiverInfo {
  const { streamId, name, phase, lastErrorMessage, lastError, lastErrorMs } = status
  return {
    streamId,
    name,
    active: phase === 'active',
    location: hostname(),
    executorId: 'driver',
    lastErrorMessage,
    lastError,
    lastErrorTime: lastErrorMs,
  }
}
