import type { TableView } from './state-table.ts'

/**
 * Keyed state as it was saved, ready to go on from: a table with its keys found already, which no longer has to be made from records. Whoever
 * wants records goes through it: pairs [key, state], or triples with the time of the last update where those were saved.
 */
export class SavedState implements Iterable<readonly unknown[]> {
  readonly view: TableView
  readonly timed: boolean

  constructor(view: TableView, timed: boolean) {
    this.view = view
    this.timed = timed
  }

  /** How many keys there are. */
  get size(): number {
    return this.view.size
  }

  [Symbol.iterator](): Iterator<readonly unknown[]> {
    return this.timed ? this.view.entries() : this.view.pairs()
  }
}
