import type { DriverEvent } from './driver-event.ts'
import { applyToOwnDriver, initialDriver, ownDriver, type DriverState } from './driver-state.ts'

/**
 * A state as the shortest list of events that leads to it: what a checkpoint keeps of the log, in the log's own format. Folding it from
 * the beginning gives the same state, and what comes behind it in the log goes on from there.
 */
export function eventsOf(state: DriverState): DriverEvent[] {
  const { run, blocks, inputs, batches, lastSubmittedMs } = state
  const events: DriverEvent[] = []
  if (run !== undefined) events.push({ type: 'runStarted', ...run })
  // Times of which nothing is left but that they have been: first, since forgetting them again must touch nothing else.
  if (lastSubmittedMs > -Infinity && !batches.has(lastSubmittedMs)) {
    events.push({ type: 'batchSubmitted', timeMs: lastSubmittedMs, outputs: 0, records: 0 })
    events.push({ type: 'batchesCleaned', upToMs: lastSubmittedMs })
  }
  const { lastAllocatedMs } = blocks
  if (lastAllocatedMs > -Infinity && !blocks.batches.has(lastAllocatedMs)) {
    events.push({ type: 'batchAllocated', timeMs: lastAllocatedMs, blockIds: [] })
    events.push({ type: 'batchesCleaned', upToMs: lastAllocatedMs })
  }
  for (const [timeMs, list] of blocks.batches) {
    for (const received of list) events.push({ type: 'blockAdded', received })
    events.push({ type: 'batchAllocated', timeMs, blockIds: list.map(({ block }) => block.id) })
  }
  for (const received of blocks.unallocated) events.push({ type: 'blockAdded', received })
  for (const [timeMs, ofBatch] of inputs)
    for (const [inputId, range] of ofBatch) events.push({ type: 'inputAllocated', timeMs, inputId, range })
  for (const [timeMs, batch] of batches) {
    events.push({ type: 'batchSubmitted', timeMs, outputs: batch.outputs, records: batch.records })
    for (const [outputOpId, failure] of batch.finished)
      events.push({ type: 'outputFinished', timeMs, outputOpId, ...(failure === undefined ? {} : { failure }) })
    if (batch.completed && batch.outputs > 0) events.push({ type: 'batchCompleted', timeMs })
  }
  return events
}

/** The state that events lead to: what `eventsOf` gave leads to the same again. */
export const stateOf = (events: readonly DriverEvent[]): DriverState =>
  applyToOwnDriver(ownDriver(initialDriver), events)
