/**
 * What runs a state machine that is a pure step: events in, commands out, one event after the other. Effects that lead to further events at once do not nest: those
 * wait until the commands of the event before have been performed.
 *
 * @example
 * const done: string[] = []
 * const perform = (command: string): void => {
 *   done.push(command)
 *   if (command === 'half') machine.handle(1)
 * }
 * const machine = new StateMachine(0, (count, more: number) => [count + more, more > 1 ? ['half', 'whole'] : ['rest']], perform)
 * machine.handle(2)
 * done // => ['half', 'whole', 'rest']
 */
export class StateMachine<State, Event, Command> {
  readonly #step: (state: State, event: Event) => readonly [State, readonly Command[]]
  readonly #perform: (command: Command) => void
  readonly #events: Event[] = []
  #state: State
  #handling = false

  constructor(
    initial: State,
    step: (state: State, event: Event) => readonly [State, readonly Command[]],
    perform: (command: Command) => void,
  ) {
    this.#state = initial
    this.#step = step
    this.#perform = perform
  }

  get state(): State {
    return this.#state
  }

  /** Events are being handled: the state is not yet the one that they lead to. */
  get isHandling(): boolean {
    return this.#handling
  }

  /** Handles the event and all that it leads to at once; called from inside a command, leaves it to the call that is under way. */
  handle(event: Event): void {
    this.#events.push(event)
    if (this.#handling) return
    this.#handling = true
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        const [state, commands] = this.#step(this.#state, next)
        this.#state = state
        for (const command of commands) this.#perform(command)
      }
    } finally {
      this.#handling = false
    }
  }
}
