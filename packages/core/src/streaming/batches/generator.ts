/**
 * The batch clock and the job generator as a state machine: which batch times are due, which one is planned next.
 *
 * Invariants, held by generator.test.ts for any order of events:
 * 1. every batch time is generated exactly once, in order (but for those of an earlier run that are generated `again`, which come first), and never before the clock has reached it;
 * 2. at most one batch is being generated at any time;
 * 3. at most `maxInFlight` batches are generated and not yet completed; the ones that are due beyond that are two numbers, so a clock that
 *    jumps or jobs that lag behind cost no memory;
 * 4. after `stopped` nothing is generated; `drained` is told once, when every batch that was due has been completed.
 */

/** The legal moves: from a phase to those it may be followed by. */
export const generatorMoves = {
  created: ['ticking', 'stopped'],
  ticking: ['lastTick', 'draining', 'stopped'],
  lastTick: ['draining', 'stopped'],
  draining: ['stopped'],
  stopped: [],
} as const

export type GeneratorPhase = keyof typeof generatorMoves

export interface GeneratorState {
  /**
   * `ticking`: batch times become due; `lastTick`: one more will (it takes what receivers left behind); `draining`: none any more, those
   * that are due are worked off.
   */
  readonly phase: GeneratorPhase
  readonly periodMs: number
  readonly maxInFlight: number
  /** The next batch time to become due. */
  readonly tickMs: number
  /** The next batch time to be generated: those from here until `tickMs` are due. */
  readonly generateMs: number
  /** Batches of an earlier run to be generated again, before all others; ascending. */
  readonly again: readonly number[]
  /** A batch is being planned. */
  readonly generating: boolean
  /** Batches that were generated, have jobs, and are not completed. One less while a batch has run already whose generation is not yet told to have ended. */
  readonly inFlight: number
}

export type GeneratorEvent =
  /**
   * The first batch time to become due. After a restart also: from which time on batches are due already (those of the time when nothing ran, and the last
   * one before), single batches before that, and which batch gets what was received and given to none.
   */
  | {
      readonly type: 'started'
      readonly firstMs: number
      readonly dueFromMs?: number
      readonly again?: readonly number[]
      readonly leftoverMs?: number
    }
  /** The clock was looked at. */
  | { readonly type: 'clock'; readonly nowMs: number }
  /** The planning of the batch has ended; `submitted` when there are jobs to run. */
  | { readonly type: 'generated'; readonly submitted: boolean }
  /** A submitted batch has run, and what it does not need any more is cleaned up. */
  | { readonly type: 'completed' }
  /** No new batches after those that are due; `oneMoreTick` when received data still waits for a batch. */
  | { readonly type: 'drain'; readonly oneMoreTick: boolean }
  | { readonly type: 'stop' }

export type GeneratorCommand =
  /** Look at the clock again at this time. */
  | { readonly type: 'wakeAt'; readonly timeMs: number }
  | { readonly type: 'cancelWake' }
  /** What has been received belongs to this batch (and nothing to those that became due together with it). */
  | { readonly type: 'allocate'; readonly timeMs: number }
  /** Plan this batch. Ends with a `generated` event. */
  | { readonly type: 'generate'; readonly timeMs: number }
  | { readonly type: 'drained' }

type Step = readonly [GeneratorState, readonly GeneratorCommand[]]

export const initialGenerator = (periodMs: number, maxInFlight: number): GeneratorState => ({
  phase: 'created',
  periodMs,
  maxInFlight,
  tickMs: 0,
  generateMs: 0,
  again: [],
  generating: false,
  inFlight: 0,
})

/** The next state, and what the shell has to do. Events that mean nothing in a phase change nothing. */
export function stepGenerator(state: GeneratorState, event: GeneratorEvent): Step {
  switch (event.type) {
    case 'started':
      if (state.phase !== 'created') return [state, []]
      return started(state, event)
    case 'clock':
      return tick(state, event.nowMs)
    case 'generated':
      if (!state.generating) return [state, []]
      return next({ ...state, generating: false, inFlight: Math.max(0, state.inFlight + (event.submitted ? 1 : 0)) })
    case 'completed':
      if (state.inFlight === (state.generating ? -1 : 0)) return [state, []]
      return next({ ...state, inFlight: state.inFlight - 1 })
    case 'drain':
      return drain(state, event.oneMoreTick)
    case 'stop':
      return [{ ...state, phase: 'stopped' }, [{ type: 'cancelWake' }]]
  }
}

function started(state: GeneratorState, event: GeneratorEvent & { readonly type: 'started' }): Step {
  const { firstMs, dueFromMs = firstMs, again = [], leftoverMs = firstMs } = event
  const wake: GeneratorCommand = { type: 'wakeAt', timeMs: firstMs }
  const begun: GeneratorState = { ...state, phase: 'ticking', tickMs: firstMs, generateMs: dueFromMs, again }
  // Where no batch is due that may get it, it belongs to the first one that becomes due.
  const leftover: GeneratorCommand[] = leftoverMs < firstMs ? [{ type: 'allocate', timeMs: leftoverMs }] : []
  return after([...leftover, wake], next(begun))
}

function tick(state: GeneratorState, nowMs: number): Step {
  if (state.phase !== 'ticking' && state.phase !== 'lastTick') return [state, []]
  // Woken too early (a clock that went back): wait on.
  if (nowMs < state.tickMs) return [state, [{ type: 'wakeAt', timeMs: state.tickMs }]]
  const missed = Math.floor((nowMs - state.tickMs) / state.periodMs)
  const tickMs = state.tickMs + (missed + 1) * state.periodMs
  const allocate: GeneratorCommand = { type: 'allocate', timeMs: state.tickMs }
  const ticked: GeneratorState = { ...state, tickMs }
  if (state.phase === 'lastTick') return after([allocate], next({ ...ticked, phase: 'draining' }))
  return after([allocate, { type: 'wakeAt', timeMs: tickMs }], next(ticked))
}

function drain(state: GeneratorState, oneMoreTick: boolean): Step {
  if (state.phase !== 'ticking') return [state, []]
  if (oneMoreTick) return [{ ...state, phase: 'lastTick' }, []]
  return after([{ type: 'cancelWake' }], next({ ...state, phase: 'draining' }))
}

/** Starts the next batch that is due, if there is room; a draining generator without any is stopped. */
function next(state: GeneratorState): Step {
  if (state.phase === 'stopped' || state.generating) return [state, []]
  const [again, ...others] = state.again
  if (again !== undefined) {
    if (state.inFlight >= state.maxInFlight) return [state, []]
    return [{ ...state, generating: true, again: others }, [{ type: 'generate', timeMs: again }]]
  }
  if (state.generateMs < state.tickMs) {
    if (state.inFlight >= state.maxInFlight) return [state, []]
    return [
      { ...state, generating: true, generateMs: state.generateMs + state.periodMs },
      [{ type: 'generate', timeMs: state.generateMs }],
    ]
  }
  if (state.phase === 'draining' && state.inFlight === 0) return [{ ...state, phase: 'stopped' }, [{ type: 'drained' }]]
  return [state, []]
}

const after = (first: readonly GeneratorCommand[], [state, commands]: Step): Step => [state, [...first, ...commands]]

/** Nothing is due, being planned or running: only the clock can bring something new. */
export const isIdle = (state: GeneratorState, nowMs: number): boolean =>
  state.phase === 'stopped' ||
  state.phase === 'created' ||
  (!state.generating &&
    state.inFlight === 0 &&
    state.again.length === 0 &&
    state.generateMs >= state.tickMs &&
    (state.phase === 'draining' || nowMs < state.tickMs))
