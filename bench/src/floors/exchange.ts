/** Where two floor threads meet. Slots of the shared control array: */
const sentSlot = (me: number) => 8 + me * 2
const readSlot = (me: number) => 12 + me * 2

/** What a floor thread has for the exchange: the shared control array and a box of shared bytes for each thread. */
export interface Meeting {
  readonly control: Int32Array<SharedArrayBuffer>
  readonly boxes: readonly SharedArrayBuffer[]
}

/** Sums by key, as they cross between the threads. */
export interface Sums {
  readonly keys: readonly string[]
  readonly values: ArrayLike<number>
}

/**
 * Swaps sums with the other thread: a box holds [count, bytes, values…, keys joined by newlines]. Latin-1, which the workloads' words are.
 * Both threads call it equally often; each blocks until the other has written, and again until the other has read.
 */
export class Exchange {
  readonly #me: number
  readonly #meeting: Meeting
  #turn = 0

  constructor(me: number, meeting: Meeting) {
    this.#me = me
    this.#meeting = meeting
  }

  swap(mine: Sums): Sums {
    const { control, boxes } = this.#meeting
    const other = 1 - this.#me
    this.#turn++
    writeSums(boxes[this.#me]!, mine)
    announce(control, sentSlot(this.#me), this.#turn)
    waitFor(control, sentSlot(other), this.#turn)
    const theirs = readSums(boxes[other]!)
    announce(control, readSlot(this.#me), this.#turn)
    waitFor(control, readSlot(other), this.#turn)
    return theirs
  }
}

function writeSums(box: SharedArrayBuffer, { keys, values }: Sums): void {
  const head = new Int32Array(box, 0, 2)
  const textAt = 8 + 4 * keys.length
  new Int32Array(box, 8, keys.length).set(values)
  head[0] = keys.length
  head[1] = keys.length === 0 ? 0 : Buffer.from(box).write(keys.join('\n'), textAt, 'latin1')
}

function readSums(box: SharedArrayBuffer): Sums {
  const [count = 0, bytes = 0] = new Int32Array(box, 0, 2)
  const textAt = 8 + 4 * count
  const keys =
    count === 0
      ? []
      : Buffer.from(box)
          .toString('latin1', textAt, textAt + bytes)
          .split('\n')
  return { keys, values: new Int32Array(box, 8, count).slice() }
}

/** Sets a slot and wakes whoever waits for it. */
export function announce(control: Int32Array<SharedArrayBuffer>, slot: number, value: number): void {
  Atomics.store(control, slot, value)
  Atomics.notify(control, slot)
}

/** Blocks until the slot holds at least `value`, or a negative number. Returns what it holds. */
export function waitFor(control: Int32Array<SharedArrayBuffer>, slot: number, value: number): number {
  for (;;) {
    const seen = Atomics.load(control, slot)
    if (seen >= value || seen < 0) return seen
    Atomics.wait(control, slot, seen)
  }
}
