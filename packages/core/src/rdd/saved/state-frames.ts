import { DStreamError } from '../../errors/dstream-error.ts'
import type { SavedVersion, TableView } from '../state/state-table.ts'
import type { StateVersion } from '../state/state-version.ts'
import { isMutable } from '../state/step-guard.ts'
import { firstRecords, nextRecords } from './frame-size.ts'
import { encodedFrame, type EncodedFrame, type StateFrame } from './state-file.ts'

/** A chain of deltas is no longer than this, */
const mostDeltas = 10
/** nor do its deltas take more than this part of what the snapshot takes. */
const largestShare = 0.5

/**
 * What is to be written of a version. Frames are encoded one by one, as they are asked for, while later steps run: states that are no objects cannot change. Where there
 * are objects, all that is left is encoded before the next step, which may change them in place.
 */
export class StateFrames implements Iterable<EncodedFrame> {
  /** What a delta goes back to, or something later; undefined for a snapshot. */
  readonly base: SavedVersion | undefined
  readonly hasObjects: boolean
  readonly #rest: Iterator<StateFrame, void>
  readonly #timed: boolean
  #keysPerFrame = firstRecords
  #encoded: EncodedFrame[] = []
  #failure: unknown

  /** @throws DStreamError STATE_MOVED_ON */
  constructor(view: TableView, base: SavedVersion | undefined, timed: boolean) {
    const slots = base && changedSlots(view, base)
    this.base = slots === undefined ? undefined : base
    const copied = view.copy(slots)
    this.hasObjects = hasObjects(copied.states)
    if (this.hasObjects && copied.states.some((state, i) => view.mayDiffer(slots?.[i] ?? i, state))) throw movedOn()
    this.#rest = slicesOf(view, slots, copied, () => this.#keysPerFrame)
    this.#timed = timed
  }

  /** A step is about to begin. What fails here fails for whoever writes, not for the step. */
  readNow(): void {
    if (!this.hasObjects) return
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) this.#encoded.push(next)
    } catch (error) {
      this.#failure = error
    }
  }

  /** Once: what was given is let go of. */
  *[Symbol.iterator](): Generator<EncodedFrame> {
    for (;;) {
      const frame = this.#encoded.shift() ?? (this.#failure === undefined ? this.#next() : undefined)
      if (this.#failure !== undefined) throw this.#failure
      if (frame === undefined) return
      yield frame
    }
  }

  #next(): EncodedFrame | undefined {
    const { done, value } = this.#rest.next()
    if (done === true) return undefined
    const frame = encodedFrame(value, this.#timed)
    this.#keysPerFrame = nextRecords(frame.keys, frame.bytes.length)
    return frame
  }
}

/** A version that will be saved, maybe only once later steps have been made. */
class HeldVersion {
  readonly #view: TableView
  readonly #timed: boolean
  #frames: StateFrames | undefined

  constructor(view: TableView, timed: boolean) {
    this.#view = view
    this.#timed = timed
  }

  /** A step is about to begin: what it may change in place is encoded. Everything else can be read later. */
  readNow(): void {
    const view = this.#view
    const { guard, saves } = view.table
    guard.delete(this)
    const base = saves.newest
    if (base !== undefined && base.step >= view.madeBy) return
    // It is the newest: what it holds is what its table holds. Most states are numbers, and those are not copied for this.
    if (!hasObjects(view.table.states)) return
    const frames = new StateFrames(view, base, this.#timed)
    if (!frames.hasObjects) return
    frames.readNow()
    this.#frames = frames
  }

  /** What was encoded before the steps that have been made since; undefined where it is to be read now. */
  take(): StateFrames | undefined {
    this.#view.table.guard.delete(this)
    const frames = this.#frames
    this.#frames = undefined
    return frames
  }
}

/** As long as the versions themselves. */
const heldVersions = new WeakMap<TableView, HeldVersion>()

/** For engines: this version will be saved. What is saved then is what it holds now, whatever later steps do to its objects. */
export function holdForSave({ view }: StateVersion, timed: boolean): void {
  const held = new HeldVersion(view, timed)
  heldVersions.set(view, held)
  view.table.guard.add(held)
}

/**
 * What is to be written of a version, given what was saved last.
 * @throws DStreamError STATE_MOVED_ON where later steps may have changed its objects in place
 */
export function framesFor(view: TableView, base: SavedVersion | undefined, timed: boolean): StateFrames {
  const held = heldVersions.get(view)?.take()
  if (held === undefined) return new StateFrames(view, base, timed)
  if (held.base === undefined) return held
  // A delta may hold more than what has changed since its base, but not less; nor does it take back what its base has of later steps.
  if (base === undefined || base.step < held.base.step || base.step > view.madeBy) throw movedOn()
  return held
}

/** A plain loop: it may go over a million. */
function hasObjects(states: readonly unknown[]): boolean {
  for (let i = 0; i < states.length; i++) if (isMutable(states[i])) return true
  return false
}

/** The slots that a delta would hold; undefined where a snapshot is better. */
function changedSlots(view: TableView, base: SavedVersion): readonly number[] | undefined {
  if (base.deltas >= mostDeltas || base.step > view.madeBy) return undefined
  const share = largestShare - base.deltaBytes / base.snapshotBytes
  return view.table.changedAfter(base.step, view.length, Math.floor(share * view.size))
}

function* slicesOf(
  { table, length }: TableView,
  slots: readonly number[] | undefined,
  { states, updatedMs }: { readonly states: readonly unknown[]; readonly updatedMs: ArrayLike<number> },
  keysPerFrame: () => number,
): Generator<StateFrame, void> {
  const count = slots?.length ?? length
  const removed: unknown[] = []
  for (let from = 0, to = 0; from < count; from = to) {
    to = Math.min(count, from + keysPerFrame())
    const put = { keys: [] as unknown[], hashes: [] as number[], states: [] as unknown[], updatedMs: [] as number[] }
    for (let i = from; i < to; i++) {
      const slot = slots === undefined ? i : slots[i]!
      if (states[i] === undefined) {
        if (slots !== undefined) removed.push(table.keys[slot])
        continue
      }
      put.keys.push(table.keys[slot])
      put.hashes.push(table.index.hashOf(slot))
      put.states.push(states[i])
      put.updatedMs.push(updatedMs[i]!)
    }
    if (put.keys.length > 0) yield { kind: 'put', ...put, hashes: new Int32Array(put.hashes) }
  }
  for (let from = 0, to = 0; from < removed.length; from = to) {
    to = from + keysPerFrame()
    yield { kind: 'removed', keys: removed.slice(from, to) }
  }
}

const movedOn = (): DStreamError =>
  new DStreamError(
    'STATE_MOVED_ON',
    'This version of state is not saved: its states are objects, and later batches may have changed them in place',
    { hint: 'Nothing is lost: a restart goes on from what was saved before, and makes the batches since again.' },
  )
