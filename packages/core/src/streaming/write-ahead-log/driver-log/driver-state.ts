import { apply as applyToBlocks, copyOf, itself, noBlocks, ownBlocks, type Changing, type ReceivedBlocks } from '../../blocks/received-blocks.ts' // prettier-ignore
import type { DriverEvent, Json, LoggedBlock } from './driver-event.ts'
import { renumbered } from './renumber.ts'

/** How far a batch is. */
export interface BatchProgress {
  readonly outputs: number
  readonly records: number
  /** The output operations that have ended, with the text of the error of those that failed. */
  readonly finished: ReadonlyMap<number, string | undefined>
  readonly completed: boolean
}

/** Where a program is, as its log tells. */
export interface DriverState {
  /** The newest `runStarted`. */
  readonly run: { readonly startedMs: number; readonly inputs: readonly string[] } | undefined
  readonly blocks: ReceivedBlocks<LoggedBlock>
  /** By batch time, then by input: what direct sources gave. */
  readonly inputs: ReadonlyMap<number, ReadonlyMap<number, Json>>
  /** By batch time: those that were submitted and are not cleaned up. */
  readonly batches: ReadonlyMap<number, BatchProgress>
  readonly lastSubmittedMs: number
}

export const initialDriver: DriverState = {
  run: undefined,
  blocks: noBlocks,
  inputs: new Map(),
  batches: new Map(),
  lastSubmittedMs: -Infinity,
}

/**
 * The state after an event: the one way in which it changes, live and in recovery. Never fails: an event that means nothing changes nothing.
 *
 * Invariants, beside those of received-blocks.ts, held by driver-log.test.ts:
 * 1. what an input gave to a batch never changes: a second `inputAllocated` for the same batch and input changes nothing;
 * 2. a batch that is submitted again begins again: its output operations have not ended;
 * 3. a batch that is not completed is never forgotten, whatever is cleaned.
 *
 * The job generator's and scheduler's own states are not folded: what is being planned or running does not survive a process.
 */
export const applyToDriver = (state: DriverState, event: DriverEvent): DriverState => step(state, event, copyOf)

/** A state whose maps nobody else has, for `applyToOwnDriver`. */
export const ownDriver = (state: DriverState): DriverState => ({
  ...state,
  blocks: ownBlocks(state.blocks),
  inputs: new Map(state.inputs),
  batches: new Map(state.batches),
})

/** As `applyToDriver` for one event after the other, to a state that came from `ownDriver` and is not looked at any more: it takes no longer the more batches there are. */
export function applyToOwnDriver(state: DriverState, events: readonly DriverEvent[]): DriverState {
  for (const event of events) state = step(state, event, itself)
  return state
}

function step(state: DriverState, event: DriverEvent, changing: Changing): DriverState {
  switch (event.type) {
    case 'blockAdded':
    case 'batchAllocated':
      return { ...state, blocks: applyToBlocks(state.blocks, event, changing) }
    case 'batchesCleaned':
      return cleaned({ ...state, blocks: applyToBlocks(state.blocks, event, changing) }, event.upToMs)
    case 'runStarted': {
      const { startedMs, inputs } = event
      const moved = state.run === undefined ? state : renumbered(state, state.run.inputs, inputs)
      return { ...moved, run: { startedMs, inputs } }
    }
    case 'inputAllocated': {
      const ofBatch = state.inputs.get(event.timeMs) ?? new Map<number, Json>()
      if (ofBatch.has(event.inputId)) return state
      const inputs = changing<ReadonlyMap<number, Json>>(state.inputs).set(
        event.timeMs,
        new Map(ofBatch).set(event.inputId, event.range),
      )
      return { ...state, inputs }
    }
    case 'batchSubmitted': {
      const { timeMs, outputs, records } = event
      const progress = { outputs, records, finished: new Map<number, string | undefined>(), completed: outputs === 0 }
      const lastSubmittedMs = Math.max(state.lastSubmittedMs, timeMs)
      return { ...state, batches: changing<BatchProgress>(state.batches).set(timeMs, progress), lastSubmittedMs }
    }
    case 'outputFinished':
      return withBatch(state, event.timeMs, changing, batch => ({
        ...batch,
        finished: new Map(batch.finished).set(event.outputOpId, event.failure),
      }))
    case 'batchCompleted':
      return withBatch(state, event.timeMs, changing, batch => ({ ...batch, completed: true }))
  }
}

function withBatch(
  state: DriverState,
  timeMs: number,
  changing: Changing,
  change: (batch: BatchProgress) => BatchProgress,
): DriverState {
  const batch = state.batches.get(timeMs)
  return batch === undefined
    ? state
    : { ...state, batches: changing<BatchProgress>(state.batches).set(timeMs, change(batch)) }
}

function cleaned(state: DriverState, upToMs: number): DriverState {
  const batches = new Map([...state.batches].filter(([timeMs, batch]) => timeMs > upToMs || !batch.completed))
  const inputs = new Map([...state.inputs].filter(([timeMs]) => timeMs > upToMs || batches.has(timeMs)))
  return { ...state, batches, inputs }
}

/** Batches that were given something or submitted, and had not ended: to be run again, in this order. */
export function pendingBatches({ blocks, inputs, batches }: DriverState): number[] {
  const times = new Set([...blocks.batches.keys(), ...inputs.keys(), ...batches.keys()])
  return [...times].filter(timeMs => batches.get(timeMs)?.completed !== true).sort((a, b) => a - b)
}

/** The newest batch time that something happened in; undefined before the first. */
export function lastBatchMs({ blocks, batches, inputs, lastSubmittedMs }: DriverState): number | undefined {
  let last = Math.max(blocks.lastAllocatedMs, lastSubmittedMs)
  for (const timeMs of [...batches.keys(), ...inputs.keys()]) last = Math.max(last, timeMs)
  return last === -Infinity ? undefined : last
}

/** Blocks wait for a batch, or are in one that may be run again. */
export const holdsBlocks = ({ blocks }: DriverState): boolean =>
  blocks.unallocated.length > 0 || [...blocks.batches.values()].some(batch => batch.length > 0)

/** When the oldest block that is still needed was logged: `clean` of the receivers' log may go up to here. Infinity when none is. */
export function oldestNeededMs({ blocks }: DriverState): number {
  let oldest = Infinity
  const lists = [blocks.unallocated, ...blocks.batches.values()]
  for (const list of lists) for (const { block } of list) oldest = Math.min(oldest, block.handle?.timeMs ?? Infinity)
  return oldest
}
