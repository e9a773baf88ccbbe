import { holdForSave, nextVersion, seedVersion, StateCursor } from '@dstream/core/engine'
import type { SavedState, StateStep, StateVersion } from '@dstream/core/engine'
import { chunked, flat } from './cancellation.ts'
import type { Cancellation } from './cancellation.ts'
import type { TaskFn } from './compile.ts'
import { withOperator } from './inputs.ts'
import type { InputServices } from './inputs.ts'
import { MissingBlockError } from './task-error.ts'
import type { StateInput, StateVersionInput } from './task-spec.ts'

/** State that was saved, as it was read: a version begins with it as it is. Whoever else reads it gets its records. */
export class SeedChunks implements Iterable<readonly unknown[]> {
  readonly saved: SavedState
  readonly #cancellation: Cancellation

  constructor(saved: SavedState, cancellation: Cancellation) {
    this.saved = saved
    this.#cancellation = cancellation
  }

  [Symbol.iterator](): Iterator<readonly unknown[]> {
    return chunked(this.saved, this.#cancellation)
  }
}

/** Makes the version of a batch and leaves it on this worker, where the next batch begins with it. */
export function stepState(input: StateInput, services: InputServices): void {
  const before = versionBefore(input, services)
  const pairs = flat(services.results[input.inputs[0]!]!, services.cancellation) as Iterable<[unknown, unknown]>
  const { mode, timeout, f } = input
  const update = {
    mode,
    f: watched(services.functionOf(f), services.cancellation),
    ...(timeout === undefined ? {} : { timeout }),
  }
  const step = withOperator(input, () => nextVersion(before, update, input.batchTimeMs, pairs))
  if (input.toBeSaved === true) holdForSave(step.version, mode === 'touchedKeys')
  services.versions.keep(input.nodeId, input.partition, step)
}

/** Every call of the user's function is a place to stop at: a batch may come to keys that no pair names. */
function watched(f: TaskFn, { cancelled, taskId, giveUp }: Cancellation): TaskFn {
  return (...args) => {
    if (cancelled[0] === taskId) giveUp()
    return f(...args)
  }
}

function versionBefore(input: StateInput, services: InputServices): StateVersion {
  if (input.seed === 'version') return versionAt(services, input.previousVersion!, input.partition).version
  const seed = input.inputs[1]
  const chunks = seed === undefined ? [] : services.results[seed]!
  const records =
    chunks instanceof SeedChunks ? chunks.saved : (flat(chunks, services.cancellation) as Iterable<readonly unknown[]>)
  return seedVersion(input.mode, records, input.batchTimeMs, input.seed)
}

/** The records of a version, as the reader wants to see it. */
export function* stateRecords(input: StateVersionInput, services: InputServices): Generator<readonly unknown[]> {
  const { version, mapped } = versionAt(services, input.nodeId, input.partition)
  if (input.view === 'mapped') yield mapped
  else yield* chunked(input.view === 'pairs' ? version.entries() : version.timedEntries(), services.cancellation)
}

export function versionAt(services: Pick<InputServices, 'versions'>, nodeId: number, partition: number): StateStep {
  const step = services.versions.get(nodeId, partition)
  if (step === undefined)
    throw new MissingBlockError(
      `the state of partition ${partition} of dataset ${nodeId} is no longer on this worker`,
      {
        nodeId,
        partition,
      },
    )
  return step
}

/** The records of a version for an action, which may want the version itself: to save it. */
export function stateCursor(input: StateVersionInput, services: InputServices): StateCursor {
  return new StateCursor(versionAt(services, input.nodeId, input.partition).version, input.view === 'timed')
}

/** How many keys a version holds: what `count` asks, without going through them. */
export const stateSize = (input: StateVersionInput, services: InputServices): number => {
  const { version, mapped } = versionAt(services, input.nodeId, input.partition)
  return input.view === 'mapped' ? mapped.length : version.size
}
