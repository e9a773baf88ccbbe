import { DStreamError } from '../../errors/dstream-error.ts'

/**
 * The state of one key, as `mapWithState`'s function sees it. Valid only during the call: it is used again for the next key.
 *
 * @see Spark's State
 */
export interface State<S> {
  /** Whether the key has a state. */
  exists(): boolean
  /** @throws DStreamError STATE_NOT_SET */
  get(): S
  /** The state, or `undefined` where there is none. */
  getOption(): S | undefined
  /** @throws DStreamError STATE_CHANGE_REFUSED after `remove`, and while the key is timing out */
  update(state: S): void
  /** @throws DStreamError STATE_CHANGE_REFUSED when removed already, and while the key is timing out */
  remove(): void
  /** Whether the key has had no data for longer than the timeout: its state goes after this call. */
  isTimingOut(): boolean
}

/** The one State object of a task, wrapped around key after key. */
export class StateHandle<S = unknown> implements State<S> {
  updated = false
  removed = false
  #state: S | undefined
  #exists = false
  #timingOut = false

  /** Begins with the next key; `undefined` is no state. */
  wrap(state: S | undefined): this {
    this.#state = state
    this.#exists = state !== undefined
    this.updated = false
    this.removed = false
    this.#timingOut = false
    return this
  }

  /** Begins with a key whose time is over. */
  wrapTimingOut(state: S): this {
    this.wrap(state)
    this.#timingOut = true
    return this
  }

  exists(): boolean {
    return this.#exists
  }

  get(): S {
    if (this.#exists) return this.#state as S
    throw new DStreamError('STATE_NOT_SET', 'State is not set', { hint: 'Ask exists() first, or use getOption().' })
  }

  getOption(): S | undefined {
    return this.#state
  }

  update(state: S): void {
    if (this.removed) throw refused('Cannot update the state after it has been removed')
    if (this.#timingOut) throw refused('Cannot update the state that is timing out')
    this.#state = state
    this.#exists = state !== undefined
    this.updated = true
  }

  remove(): void {
    if (this.#timingOut) throw refused('Cannot remove the state that is timing out')
    if (this.removed) throw refused('Cannot remove the state that has already been removed')
    this.#state = undefined
    this.#exists = false
    this.updated = false
    this.removed = true
  }

  isTimingOut(): boolean {
    return this.#timingOut
  }
}

const refused = (what: string): DStreamError =>
  new DStreamError('STATE_CHANGE_REFUSED', what, { hint: 'Ask isTimingOut() and exists() before changing a state.' })
