import type { StateVersion } from './state-version.ts'
import type { TableView } from './state-table.ts'

/** The records of a version of state, one by one, as an action is given them; an action that knows about state asks for the version instead. */
export class StateCursor implements IterableIterator<unknown> {
  readonly version: StateVersion
  /** The records are triples, with the time of the last update. */
  readonly timed: boolean
  #records: Iterator<unknown> | undefined

  constructor(version: StateVersion, timed: boolean) {
    this.version = version
    this.timed = timed
  }

  get view(): TableView {
    return this.version.view
  }

  next(): IteratorResult<unknown> {
    const { version, timed } = this
    this.#records ??= (timed ? version.timedEntries() : version.entries())[Symbol.iterator]()
    return this.#records.next()
  }

  [Symbol.iterator](): this {
    return this
  }
}
