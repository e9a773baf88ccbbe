import type { Block } from '../../rdd/plan/source-spec.ts'

/** A block as the driver knows it. */
export interface ReceivedBlock {
  readonly streamId: number
  readonly block: Block
}

/** What happens to received blocks: each is recorded before it is acted on, and recovery folds the same events. */
export type BlockEvent =
  | { readonly type: 'blockAdded'; readonly received: ReceivedBlock }
  /** Everything that was added and belongs to no batch belongs to this one. */
  | { readonly type: 'batchAllocated'; readonly timeMs: number }
  /** The batches up to this time need their blocks no more. */
  | { readonly type: 'batchesCleaned'; readonly upToMs: number }

/** Which block belongs to which batch. */
export interface ReceivedBlocks {
  readonly unallocated: readonly ReceivedBlock[]
  /** In the order of batch times. */
  readonly batches: ReadonlyMap<number, readonly ReceivedBlock[]>
  readonly lastAllocatedMs: number
}

export const noBlocks: ReceivedBlocks = { unallocated: [], batches: new Map(), lastAllocatedMs: -Infinity }

/**
 * The state after an event: the one way in which it changes, live and in recovery.
 *
 * Invariants:
 * 1. a block is in exactly one place: unallocated, or in one batch, until that batch is cleaned;
 * 2. a batch time is allocated once, and later than every one before: a second `batchAllocated` of it (a batch that is run again) changes nothing;
 * 3. blocks keep the order in which they were added.
 *
 * @see Spark's `ReceivedBlockTracker`
 */
export function apply(state: ReceivedBlocks, event: BlockEvent): ReceivedBlocks {
  switch (event.type) {
    case 'blockAdded':
      return { ...state, unallocated: [...state.unallocated, event.received] }
    case 'batchAllocated': {
      if (event.timeMs <= state.lastAllocatedMs) return state
      // Batches that nothing was received for leave nothing behind, so that many of them cost nothing.
      if (state.unallocated.length === 0) return { ...state, lastAllocatedMs: event.timeMs }
      return {
        unallocated: [],
        batches: new Map(state.batches).set(event.timeMs, state.unallocated),
        lastAllocatedMs: event.timeMs,
      }
    }
    case 'batchesCleaned': {
      const kept = [...state.batches].filter(([timeMs]) => timeMs > event.upToMs)
      return kept.length === state.batches.size ? state : { ...state, batches: new Map(kept) }
    }
  }
}

/** The blocks of one stream in one batch, in the order in which they were received. */
export function blocksOf(state: ReceivedBlocks, timeMs: number, streamId: number): Block[] {
  const ofBatch = state.batches.get(timeMs) ?? []
  return ofBatch.filter(received => received.streamId === streamId).map(received => received.block)
}
