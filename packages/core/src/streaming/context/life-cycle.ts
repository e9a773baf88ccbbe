/**
 * The life of a StreamingContext.
 *
 * `stopping` is still ACTIVE to the user: everything that was submitted may still be running.
 */
export const contextMoves = {
  initialized: ['active', 'stopped'],
  active: ['stopping'],
  stopping: ['stopped'],
  stopped: [],
} as const

export type ContextPhase = keyof typeof contextMoves

/** What `getState()` answers. */
export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED'

/** The phase moved to: a move that the table does not have does not compile. */
export function move<From extends ContextPhase, To extends (typeof contextMoves)[From][number]>(
  _from: From,
  to: To,
): To {
  return to
}

export const publicState: Readonly<Record<ContextPhase, StreamingContextState>> = {
  initialized: 'INITIALIZED',
  active: 'ACTIVE',
  stopping: 'ACTIVE',
  stopped: 'STOPPED',
}
