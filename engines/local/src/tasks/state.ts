import { nextVersion, seedVersion } from '@dstream/core/engine'
import type { StateStep, StateVersion } from '@dstream/core/engine'
import { flat, withOperator } from './inputs.ts'
import type { InputServices } from './inputs.ts'
import { MissingBlockError } from './task-error.ts'
import type { StateInput, StateVersionInput } from './task-spec.ts'

/** Makes the version of a batch and leaves it on this worker, where the next batch begins with it. */
export function stepState(input: StateInput, services: InputServices): void {
  const before = versionBefore(input, services)
  const pairs = flat(services.results[input.inputs[0]!]!) as Iterable<[unknown, unknown]>
  const { mode, timeout, f } = input
  const update = { mode, f: services.functionOf(f), ...(timeout === undefined ? {} : { timeout }) }
  services.versions.keep(
    input.nodeId,
    input.partition,
    withOperator(input, () => nextVersion(before, update, input.batchTimeMs, pairs)),
  )
}

function versionBefore(input: StateInput, services: InputServices): StateVersion {
  if (input.seed === 'version') return versionAt(services, input.previousVersion!, input.partition).version
  const seed = input.inputs[1]
  const records = seed === undefined ? [] : (flat(services.results[seed]!) as Iterable<readonly unknown[]>)
  return seedVersion(input.mode, records, input.batchTimeMs, input.seed)
}

/** The records of a version, as the reader wants to see it. */
export function* stateRecords(input: StateVersionInput, services: InputServices): Generator<readonly unknown[]> {
  const { version, mapped } = versionAt(services, input.nodeId, input.partition)
  if (input.view === 'mapped') yield mapped
  else yield* chunks(input.view === 'pairs' ? version.entries() : version.timedEntries())
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

const CHUNK = 4096

function* chunks(records: Iterable<unknown>): Generator<unknown[]> {
  let chunk: unknown[] = []
  for (const record of records) {
    chunk.push(record)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** How many keys a version holds: what `count` asks, without going through them. */
export const stateSize = (input: StateVersionInput, services: InputServices): number => {
  const { version, mapped } = versionAt(services, input.nodeId, input.partition)
  return input.view === 'mapped' ? mapped.length : version.size
}
