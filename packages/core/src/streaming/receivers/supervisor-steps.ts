/**
 * The life of a receiver as its supervisor sees it.
 *
 * Invariants, held by supervisor-steps.test.ts for any order of events:
 * 1. `callOnStart` and `callOnStop` alternate, beginning with `callOnStart`: a receiver never runs twice at a time;
 * 2. after a restart was asked for, `onStart` is called again not before `onStop` has ended and the delay is over;
 * 3. `end` comes once, after everything that was stored has its answer (`drain`), and nothing comes after it;
 * 4. what belongs to an earlier run (a rejected promise of an old `onStart`) changes nothing;
 * 5. an `onStop` that does not end keeps nothing from ending: a stop goes on without it, and a restart gives the thread up (`giveUp`, then `end`), so that
 *    another one takes its place.
 */
import { failuresAfter, restartDelayMs } from './restart-delay.ts'
import type { RestartSettings, RunOutcome } from './restart-delay.ts'

/** The legal moves: from a phase to those it may be followed by. */
export const supervisorMoves = {
  initialized: ['starting', 'draining'],
  starting: ['started', 'restarting', 'stopping'],
  started: ['restarting', 'stopping'],
  restarting: ['waiting', 'stopping', 'draining'],
  waiting: ['starting', 'draining'],
  stopping: ['draining'],
  draining: ['stopped'],
  stopped: [],
} as const

export type SupervisorPhase = keyof typeof supervisorMoves

/** Why a receiver stops or restarts. */
export interface Reason {
  readonly message: string
  readonly error?: unknown
}

export interface SupervisorState {
  readonly phase: SupervisorPhase
  /** Counts the calls of onStart. */
  readonly run: number
  /** The delay of the restart, from `restarting` on. */
  readonly delayMs: number
  /** Why it stops, from `stopping` on. */
  readonly reason: Reason
  /** Runs that failed, in a row. */
  readonly failures: number
  /** It ends only here: another thread is to take its place. */
  readonly givenUp: boolean
}

export type SupervisorEvent =
  | { readonly type: 'start' }
  /** onStart has returned: the receiver runs. */
  | { readonly type: 'onStartReturned'; readonly run: number }
  /** onStart threw, or the promise it returned was rejected. */
  | { readonly type: 'onStartFailed'; readonly run: number; readonly error: unknown; readonly outcome: RunOutcome }
  /** `delayMs` is the receiver's own; undefined: it follows from the failures in a row. */
  | {
      readonly type: 'restart'
      readonly reason: Reason
      readonly delayMs: number | undefined
      readonly outcome: RunOutcome
    }
  | { readonly type: 'stop'; readonly reason: Reason }
  | { readonly type: 'onStopEnded'; readonly run: number }
  /** onStop takes too long. */
  | { readonly type: 'onStopLate'; readonly run: number }
  | { readonly type: 'delayOver' }
  | { readonly type: 'drained' }

export type SupervisorCommand =
  | { readonly type: 'callOnStart'; readonly run: number }
  | { readonly type: 'callOnStop'; readonly run: number }
  | { readonly type: 'tellStarted' }
  | { readonly type: 'tellRestarting'; readonly reason: Reason; readonly delayMs: number }
  | { readonly type: 'wait'; readonly delayMs: number }
  | { readonly type: 'cancelWait' }
  /** Cut what is left into blocks and wait until every block has its answer; ends with a `drained` event. */
  | { readonly type: 'drain' }
  /** Tell that it has stopped; given up, only that this thread ends. */
  | { readonly type: 'end'; readonly reason: Reason; readonly givenUp: boolean }

type Step = readonly [SupervisorState, readonly SupervisorCommand[]]

export const initialSupervisor: SupervisorState = {
  phase: 'initialized',
  run: 0,
  delayMs: 0,
  reason: { message: '' },
  failures: 0,
  givenUp: false,
}

/** The next state, and what the shell has to do. Events that mean nothing in a phase change nothing. */
export function stepSupervisor(state: SupervisorState, event: SupervisorEvent, settings: RestartSettings): Step {
  switch (event.type) {
    case 'start':
      return state.phase === 'initialized' ? starting(state) : [state, []]
    case 'onStartReturned':
      if (state.phase !== 'starting' || event.run !== state.run) return [state, []]
      return [{ ...state, phase: 'started' }, [{ type: 'tellStarted' }]]
    case 'onStartFailed':
      if (event.run !== state.run) return [state, []]
      return restart(state, { ...event, delayMs: undefined, reason: startFailed(event.error) }, settings)
    case 'restart':
      return restart(state, event, settings)
    case 'stop':
      return stop(state, event.reason)
    case 'onStopEnded':
      return onStopEnded(state, event.run)
    case 'onStopLate':
      return onStopLate(state, event.run)
    case 'delayOver':
      return state.phase === 'waiting' ? starting(state) : [state, []]
    case 'drained':
      if (state.phase !== 'draining') return [state, []]
      return [{ ...state, phase: 'stopped' }, [{ type: 'end', reason: state.reason, givenUp: state.givenUp }]]
  }
}

function starting(state: SupervisorState): Step {
  const run = state.run + 1
  return [{ ...state, phase: 'starting', run }, [{ type: 'callOnStart', run }]]
}

const startFailed = (error: unknown): Reason => ({ message: 'Error starting receiver', error })

interface Restart {
  readonly reason: Reason
  readonly delayMs: number | undefined
  readonly outcome: RunOutcome
}

function restart(state: SupervisorState, { reason, delayMs: own, outcome }: Restart, settings: RestartSettings): Step {
  // Who is restarting already, or stopping, has nothing to add: a broken connection often says so twice.
  if (state.phase !== 'starting' && state.phase !== 'started') return [state, []]
  const failures = failuresAfter(state.failures, outcome, settings)
  const delayMs = own ?? restartDelayMs(failures, settings)
  return [
    { ...state, phase: 'restarting', delayMs, failures },
    [
      { type: 'tellRestarting', reason, delayMs },
      { type: 'callOnStop', run: state.run },
    ],
  ]
}

function stop(state: SupervisorState, reason: Reason): Step {
  switch (state.phase) {
    case 'initialized':
      return [{ ...state, phase: 'draining', reason }, [{ type: 'drain' }]]
    case 'starting':
    case 'started':
      return [{ ...state, phase: 'stopping', reason }, [{ type: 'callOnStop', run: state.run }]]
    case 'restarting':
      return [{ ...state, phase: 'stopping', reason }, []]
    case 'waiting':
      return [{ ...state, phase: 'draining', reason }, [{ type: 'cancelWait' }, { type: 'drain' }]]
    case 'draining':
      return [state.givenUp ? { ...state, reason, givenUp: false } : state, []]
    default:
      return [state, []]
  }
}

function onStopEnded(state: SupervisorState, run: number): Step {
  if (run !== state.run) return [state, []]
  if (state.phase === 'restarting') return [{ ...state, phase: 'waiting' }, [{ type: 'wait', delayMs: state.delayMs }]]
  if (state.phase === 'stopping') return [{ ...state, phase: 'draining' }, [{ type: 'drain' }]]
  return [state, []]
}

function onStopLate(state: SupervisorState, run: number): Step {
  if (run !== state.run) return [state, []]
  if (state.phase === 'restarting') return [{ ...state, phase: 'draining', givenUp: true }, [{ type: 'drain' }]]
  if (state.phase === 'stopping') return [{ ...state, phase: 'draining' }, [{ type: 'drain' }]]
  return [state, []]
}
