/**
 * The stop of a run as a state machine: what is ended in which order, and how long each step may take.
 *
 * Gracefully: receivers, then every batch that is due, then the inputs, then the newest state and a checkpoint. At once: nothing is begun any more,
 * everything is ended at the same time, what runs gets a last moment, and what has not ended by then is cancelled after the checkpoint, so that none
 * says that it had.
 *
 * Invariants, held by stop-steps.test.ts for any order of events:
 * 1. `end` comes once, last;
 * 2. every phase has a timer: whatever hangs, the timers alone lead to the end;
 * 3. batches are drained only after the receivers have ended (or been ended), inputs are stopped only after the batches, and `save` comes once, after nothing
 *    can begin any more;
 * 4. once it is cut short, nothing of the graceful way is begun any more;
 * 5. what runs is cancelled only after `save` has ended or its time is over.
 */

/** The legal moves: from a phase to those it may be followed by. */
export const stopMoves = {
  running: ['receivers', 'cutting'],
  receivers: ['batches', 'cutting'],
  batches: ['inputs', 'cutting'],
  inputs: ['saving', 'cutting'],
  cutting: ['saving'],
  saving: ['stopped'],
  stopped: [],
} as const

export type StopPhase = keyof typeof stopMoves

/** What is waited for. `outputs`: the output operations that run. */
export type StopPart = 'receivers' | 'batches' | 'inputs' | 'outputs' | 'save'

/**
 * `receivers`: half of the time of a graceful stop, so that one that hangs leaves the rest for what was received. `deadline`: all of it. `moment`: the last moment of
 * what is cut short, and of what is saved.
 */
export type StopTimer = 'receivers' | 'deadline' | 'moment'

export interface StopState {
  readonly phase: StopPhase
  /** It was asked for gracefully and nothing has cut it short. */
  readonly graceful: boolean
  readonly ended: ReadonlySet<StopPart>
}

export type StopEvent =
  | { readonly type: 'stop'; readonly graceful: boolean }
  | { readonly type: 'ended'; readonly part: StopPart }
  | { readonly type: 'timeOver'; readonly timer: StopTimer }

export type StopCommand =
  /** Each of the next five ends with an `ended` event, `halt` with that of the outputs. */
  | { readonly type: 'stopReceivers'; readonly graceful: boolean }
  | { readonly type: 'drain' }
  | { readonly type: 'halt' }
  | { readonly type: 'stopInputs' }
  | { readonly type: 'save'; readonly graceful: boolean }
  /** Nothing more is written, whatever `save` is still doing. */
  | { readonly type: 'giveUpSaving' }
  | { readonly type: 'cancelJobs' }
  /** One that runs begins anew. */
  | { readonly type: 'startTimer'; readonly timer: StopTimer }
  /** The time of this timer is over, and these had not ended. */
  | { readonly type: 'tellLate'; readonly timer: StopTimer; readonly waitsFor: readonly StopPart[] }
  | { readonly type: 'end'; readonly graceful: boolean }

type Step = readonly [StopState, readonly StopCommand[]]

export const initialStop: StopState = { phase: 'running', graceful: false, ended: new Set() }

/** The next state, and what the shell has to do. Events that mean nothing in a phase change nothing. */
export function stepStop(state: StopState, event: StopEvent): Step {
  switch (event.type) {
    case 'stop':
      return asked(state, event.graceful)
    case 'ended':
      return goOn({ ...state, ended: new Set(state.ended).add(event.part) })
    case 'timeOver':
      return timeOver(state, event.timer)
  }
}

function asked(state: StopState, graceful: boolean): Step {
  if (state.phase === 'running' && graceful) {
    const commands: StopCommand[] = [
      { type: 'startTimer', timer: 'deadline' },
      { type: 'startTimer', timer: 'receivers' },
      { type: 'stopReceivers', graceful: true },
    ]
    return [{ ...state, phase: 'receivers', graceful }, commands]
  }
  if (graceful) return [state, []]
  if (state.phase === 'saving' && state.graceful) return [state, [{ type: 'startTimer', timer: 'moment' }]]
  return cut(state)
}

/** Somebody has lost patience, or the time is over. */
function cut(state: StopState): Step {
  if (state.phase === 'cutting' || state.phase === 'saving' || state.phase === 'stopped') return [state, []]
  const commands: StopCommand[] = [
    { type: 'startTimer', timer: 'moment' },
    { type: 'halt' },
    { type: 'stopReceivers', graceful: false },
    ...(state.phase === 'inputs' ? [] : [{ type: 'stopInputs' } as const]),
  ]
  return after(commands, goOn({ ...state, phase: 'cutting', graceful: false }))
}

function timeOver(state: StopState, timer: StopTimer): Step {
  if (state.phase === 'running' || state.phase === 'stopped') return [state, []]
  const late: StopCommand = { type: 'tellLate', timer, waitsFor: waitsFor(state) }
  if (timer === 'receivers') {
    if (state.phase !== 'receivers') return [state, []]
    return [state, [late, { type: 'stopReceivers', graceful: false }]]
  }
  if (timer === 'deadline') {
    // The last thing of all gets a moment, however late it is begun.
    if (state.phase === 'saving') return [state, state.graceful ? [{ type: 'startTimer', timer: 'moment' }] : []]
    return state.graceful ? after([late], cut(state)) : [state, []]
  }
  if (state.phase === 'cutting') return save(state)
  return state.phase === 'saving' ? after([late], ended(state)) : [state, []]
}

/** The next phase, if what this one waits for has ended. */
function goOn(state: StopState): Step {
  if (waitsFor(state).length > 0) return [state, []]
  switch (state.phase) {
    case 'receivers':
      return [{ ...state, phase: 'batches' }, [{ type: 'drain' }]]
    case 'batches':
      return [{ ...state, phase: 'inputs' }, [{ type: 'stopInputs' }]]
    case 'inputs':
    case 'cutting':
      return save(state)
    case 'saving':
      return ended(state)
    default:
      return [state, []]
  }
}

const save = (state: StopState): Step => [
  { ...state, phase: 'saving' },
  [
    { type: 'save', graceful: state.graceful },
    // A graceful one has what is left of its time.
    ...(state.graceful ? [] : [{ type: 'startTimer', timer: 'moment' } as const]),
  ],
]

function ended(state: StopState): Step {
  const commands: StopCommand[] = []
  if (!state.ended.has('save')) commands.push({ type: 'giveUpSaving' })
  if (!state.graceful && !state.ended.has('outputs')) commands.push({ type: 'cancelJobs' })
  return [{ ...state, phase: 'stopped' }, [...commands, { type: 'end', graceful: state.graceful }]]
}

/** What has to end before the next phase. */
export function waitsFor({ phase, ended }: StopState): readonly StopPart[] {
  return partsOf[phase].filter(part => !ended.has(part))
}

const partsOf: Readonly<Record<StopPhase, readonly StopPart[]>> = {
  running: [],
  receivers: ['receivers'],
  batches: ['batches'],
  inputs: ['inputs'],
  cutting: ['receivers', 'inputs', 'outputs'],
  saving: ['save'],
  stopped: [],
}

const after = (first: readonly StopCommand[], [state, commands]: Step): Step => [state, [...first, ...commands]]
