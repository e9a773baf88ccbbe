import type { Cancel } from './clock.ts'

interface Entry {
  readonly timeMs: number
  readonly order: number
  readonly action: () => void
  cancelled: boolean
}

/**
 * What a clock has yet to run: a heap by time, then by registration. Adding and taking cost O(log n). A cancelled action stays
 * in the heap, without being run, until it is on top or most of the heap is cancelled.
 */
export class DueActions {
  #heap: Entry[] = []
  #registered = 0
  #cancelled = 0
  readonly #nextOrder: () => number

  /** @param nextOrder numbers what is registered: two of these that share it have one order */
  constructor(nextOrder?: () => number) {
    this.#nextOrder = nextOrder ?? (() => this.#registered)
  }

  add(timeMs: number, action: () => void): Cancel {
    const entry: Entry = { timeMs, order: this.#nextOrder(), action, cancelled: false }
    this.#registered++
    this.#heap.push(entry)
    this.#up(this.#heap.length - 1)
    return () => {
      if (entry.cancelled) return
      entry.cancelled = true
      this.#cancelled++
      if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#compact()
    }
  }

  /** How many actions were ever registered: what is registered later has at least this order. */
  get registered(): number {
    return this.#registered
  }

  /** The time of the next action, or undefined when there is none. */
  nextTimeMs(): number | undefined {
    return this.next()?.timeMs
  }

  /** The time of the next action, and the number it was registered with. */
  next(): { readonly timeMs: number; readonly order: number } | undefined {
    while (this.#heap[0]?.cancelled === true) {
      this.#removeTop()
      this.#cancelled--
    }
    return this.#heap[0]
  }

  /** Takes the next action that is due at `nowMs` and was registered before `registeredBefore`. */
  take(
    nowMs: number,
    registeredBefore = Infinity,
  ): { readonly timeMs: number; readonly action: () => void } | undefined {
    this.next()
    const top = this.#heap[0]
    if (top === undefined || top.timeMs > nowMs || top.order >= registeredBefore) return undefined
    this.#removeTop()
    // Cancelling it from now on is nothing.
    top.cancelled = true
    return top
  }

  #compact(): void {
    // In order, an array is a heap.
    this.#heap = this.#heap.filter(entry => !entry.cancelled).sort((a, b) => a.timeMs - b.timeMs || a.order - b.order)
    this.#cancelled = 0
  }

  #removeTop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#down(0)
  }

  #up(from: number): void {
    let i = from
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.#before(i, parent)) return
      this.#swap(i, parent)
      i = parent
    }
  }

  #down(from: number): void {
    let i = from
    for (;;) {
      let first = i
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < this.#heap.length && this.#before(child, first)) first = child
      if (first === i) return
      this.#swap(i, first)
      i = first
    }
  }

  #before(i: number, j: number): boolean {
    const a = this.#heap[i]!
    const b = this.#heap[j]!
    return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order)
  }

  #swap(i: number, j: number): void {
    const a = this.#heap[i]!
    this.#heap[i] = this.#heap[j]!
    this.#heap[j] = a
  }
}
