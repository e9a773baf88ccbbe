/** How a driver that dies is started again. Times are milliseconds. */
export interface Supervision {
  /** Undefined: a driver that ends is not started again. */
  readonly restarts: Restarts | undefined
}

export interface Restarts {
  /** The longest wait before the first restart; it doubles with each that follows. */
  readonly firstDelayMs: number
  readonly longestDelayMs: number
  /** A driver that ran for so long was well: what comes after it is a first failure again. */
  readonly healthyMs: number
}

/** As `--supervise` has it. */
export const usualRestarts: Restarts = { firstDelayMs: 1000, longestDelayMs: 60_000, healthyMs: 60_000 }

/**
 * One key press may reach this process more than once, from the terminal and from what started it: those within this time are one.
 */
export const samePressMs = 300

/** How a process ended: with an exit code, or by a signal. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export type SuperviseState =
  /** `failures`: how many drivers in a row have died before this one. */
  | { readonly phase: 'running'; readonly sinceMs: number; readonly failures: number }
  | { readonly phase: 'waiting'; readonly failures: number }
  /** Somebody wants an end: the driver was told, `signals` times. */
  | { readonly phase: 'ending'; readonly signals: number; readonly lastMs: number }
  | { readonly phase: 'ended' }

/** Which phase may follow which. */
export const nextPhases = {
  running: ['waiting', 'ending', 'ended'],
  waiting: ['running', 'ended'],
  ending: ['ending', 'ended'],
  ended: [],
} as const satisfies Record<SuperviseState['phase'], readonly SuperviseState['phase'][]>

export type SuperviseEvent =
  /** `chance`: a random number, from 0 to below 1. */
  | { readonly type: 'ended'; readonly ending: Ending; readonly nowMs: number; readonly chance: number }
  /** The wait is over. */
  | { readonly type: 'due'; readonly nowMs: number }
  /** This process got a signal. */
  | { readonly type: 'signal'; readonly signal: NodeJS.Signals; readonly nowMs: number }

export type SuperviseCommand =
  | { readonly type: 'start' }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'tell'; readonly signal: NodeJS.Signals }
  | { readonly type: 'say'; readonly text: string }
  /** End this process in the same way. */
  | { readonly type: 'end'; readonly ending: Ending }

export const firstSuperviseState = (nowMs: number): SuperviseState => ({
  phase: 'running',
  sinceMs: nowMs,
  failures: 0,
})

type Step = readonly [SuperviseState, readonly SuperviseCommand[]]

/**
 * What is done about an event.
 *
 * Invariants, held by supervise-steps.test.ts:
 * 1. at most one driver runs: `start` comes only after the one before has ended;
 * 2. after a signal nothing is started any more;
 * 3. no wait is longer than `longestDelayMs`, none shorter than half of what its place in the row says.
 */
export function superviseStep(state: SuperviseState, event: SuperviseEvent, { restarts }: Supervision): Step {
  switch (event.type) {
    case 'ended':
      if (state.phase !== 'running' || restarts === undefined || !isWorthATry(event.ending))
        return [{ phase: 'ended' }, [{ type: 'end', ending: event.ending }]]
      return restart(state, event, restarts)
    case 'due':
      if (state.phase !== 'waiting') return [state, []]
      return [{ phase: 'running', sinceMs: event.nowMs, failures: state.failures }, [{ type: 'start' }]]
    case 'signal':
      return signalled(state, event)
  }
}

/** 0: it is done. 2, 64 and, from Node itself, 9: it was called in a wrong way, and will be again. */
const isWorthATry = ({ code }: Ending): boolean => code === null || ![0, 2, 9, 64].includes(code)

function restart(
  state: Extract<SuperviseState, { phase: 'running' }>,
  { ending, nowMs, chance }: Extract<SuperviseEvent, { type: 'ended' }>,
  { firstDelayMs, longestDelayMs, healthyMs }: Restarts,
): Step {
  const ranMs = nowMs - state.sinceMs
  const failures = ranMs >= healthyMs ? 1 : state.failures + 1
  const longestMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 40))
  // Never all of those that died together at the same moment.
  const ms = Math.round(longestMs * (0.5 + chance / 2))
  const row = failures === 1 ? '' : `, ${failures} in a row`
  const text = `The driver ended ${wayOf(ending)} after ${seconds(ranMs)}${row}: it is started again in ${seconds(ms)}`
  return [
    { phase: 'waiting', failures },
    [
      { type: 'say', text },
      { type: 'wait', ms },
    ],
  ]
}

function signalled(state: SuperviseState, { signal, nowMs }: Extract<SuperviseEvent, { type: 'signal' }>): Step {
  switch (state.phase) {
    case 'running':
      return [{ phase: 'ending', signals: 1, lastMs: nowMs }, [{ type: 'tell', signal }]]
    case 'ending': {
      if (nowMs - state.lastMs < samePressMs) return [state, []]
      const signals = state.signals + 1
      // The driver stops gracefully at the first, at once at the second; one that hears nothing is not asked a third time.
      return [{ phase: 'ending', signals, lastMs: nowMs }, [{ type: 'tell', signal: signals > 2 ? 'SIGKILL' : signal }]]
    }
    case 'waiting':
      return [{ phase: 'ended' }, [{ type: 'end', ending: { code: null, signal } }]]
    case 'ended':
      return [state, []]
  }
}

const wayOf = ({ code, signal }: Ending): string => (signal === null ? `with exit code ${code}` : `by ${signal}`)
const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(2))} s`
