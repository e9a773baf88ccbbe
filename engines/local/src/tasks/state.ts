import { nextVersion, seedVersion } from '@dstream/core/engine'
import type { StateStep, StateVersion } from '@dstream/core/engine'
import { chunked, flat } from './cancellation.ts'
import type { Cancellation } from './cancellation.ts'
import type { TaskFn } from './compile.ts'
import { withOperator } from './inputs.ts'
import type { InputServices } from './inputs.ts'
import { MissingBlockError } from './task-error.ts'
import type { StateInput, StateVersionInput } from './task-spec.ts'

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
  services.versions.keep(
    input.nodeId,
    input.partition,
    withOperator(input, () => nextVersion(before, update, input.batchTimeMs, pairs)),
  )
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
  const records =
    seed === undefined ? [] : (flat(services.results[seed]!, services.cancellation) as Iterable<readonly unknown[]>)
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

/** How many keys a version holds: what `count` asks, without going through them. */
export const stateSize = (input: StateVersionInput, services: InputServices): number => {
  const { version, mapped } = versionAt(services, input.nodeId, input.partition)
  return input.view === 'mapped' ? mapped.length : version.size
}
