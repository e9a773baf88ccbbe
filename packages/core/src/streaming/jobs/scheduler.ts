/**
 * The job scheduler as a state machine: which output operation of which batch runs next.
 *
 * Invariants, held by scheduler.test.ts for any order of events:
 * 1. output operations start in the order of their batches, and within a batch in the order in which they were registered; each once;
 * 2. at most `concurrent` of them run at any time (spark.streaming.concurrentJobs; 1: strictly one after the other);
 * 3. a batch is begun before its first output operation, and completed once, after its last has ended, whether it failed or not;
 * 4. after `halt` nothing starts.
 */

/** A batch that was submitted and is not completed. */
interface OpenBatch {
  readonly timeMs: number
  readonly outputs: number
  readonly started: number
  readonly ended: number
}

export interface SchedulerState {
  readonly phase: 'open' | 'halted'
  readonly concurrent: number
  readonly running: number
  /** In the order of their times. */
  readonly batches: readonly OpenBatch[]
}

export type SchedulerEvent =
  /** A batch with this many output operations to run, at least one. */
  | { readonly type: 'submitted'; readonly timeMs: number; readonly outputs: number }
  | { readonly type: 'outputEnded'; readonly timeMs: number }
  /** Start nothing more. */
  | { readonly type: 'halt' }

export type SchedulerCommand =
  | { readonly type: 'beginBatch'; readonly timeMs: number }
  /** Run the batch's output operation number `index`. Ends with an `outputEnded` event. */
  | { readonly type: 'runOutput'; readonly timeMs: number; readonly index: number }
  | { readonly type: 'completeBatch'; readonly timeMs: number }

type Step = readonly [SchedulerState, readonly SchedulerCommand[]]

export const initialScheduler = (concurrent: number): SchedulerState => ({
  phase: 'open',
  concurrent,
  running: 0,
  batches: [],
})

/** The next state, and what the shell has to do. */
export function stepScheduler(state: SchedulerState, event: SchedulerEvent): Step {
  switch (event.type) {
    case 'submitted': {
      if (state.phase === 'halted') return [state, []]
      const batch = { timeMs: event.timeMs, outputs: event.outputs, started: 0, ended: 0 }
      return fill({ ...state, batches: [...state.batches, batch] }, [])
    }
    case 'outputEnded':
      return outputEnded(state, event.timeMs)
    case 'halt':
      return [{ ...state, phase: 'halted', batches: state.batches.filter(batch => batch.started > 0) }, []]
  }
}

function outputEnded(state: SchedulerState, timeMs: number): Step {
  const batch = state.batches.find(batch => batch.timeMs === timeMs)
  if (batch === undefined || batch.ended >= batch.started) return [state, []]
  const ended = { ...batch, ended: batch.ended + 1 }
  const running = state.running - 1
  if (ended.ended < ended.outputs) return fill({ ...state, running, batches: replace(state.batches, batch, ended) }, [])
  const batches = state.batches.filter(other => other !== batch)
  return fill({ ...state, running, batches }, [{ type: 'completeBatch', timeMs }])
}

/** Starts what may start now. */
function fill(state: SchedulerState, before: readonly SchedulerCommand[]): Step {
  if (state.phase === 'halted') return [state, before]
  const commands = [...before]
  let { batches, running } = state
  while (running < state.concurrent) {
    const batch = batches.find(batch => batch.started < batch.outputs)
    if (batch === undefined) break
    if (batch.started === 0) commands.push({ type: 'beginBatch', timeMs: batch.timeMs })
    commands.push({ type: 'runOutput', timeMs: batch.timeMs, index: batch.started })
    batches = replace(batches, batch, { ...batch, started: batch.started + 1 })
    running++
  }
  return [{ ...state, batches, running }, commands]
}

const replace = (batches: readonly OpenBatch[], old: OpenBatch, by: OpenBatch): readonly OpenBatch[] =>
  batches.map(batch => (batch === old ? by : batch))
