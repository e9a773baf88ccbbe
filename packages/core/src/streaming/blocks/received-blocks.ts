import type { Block, BytesOnDisk, StoredBlock } from '../../rdd/plan/source-spec.ts'

/** A block as the driver knows it. */
export interface ReceivedBlock {
  readonly streamId: number
  readonly block: Block
}

/** A block as the driver keeps it: its bytes may have gone to disk. */
export interface KeptBlock {
  readonly streamId: number
  readonly block: StoredBlock
}

/** Where a log has the bytes of a block, for tasks to read: as they are, in a file of this machine. */
export type PlaceInLog = Omit<BytesOnDisk, 'crc32'>

/** What the state needs of a block. A log holds blocks without their bytes. */
export interface IdentifiedBlock {
  readonly streamId: number
  readonly block: { readonly id: string }
}

/** What happens to received blocks: each is recorded before it is acted on, and recovery folds the same events. */
export type BlockEvent<B extends IdentifiedBlock = ReceivedBlock> =
  | { readonly type: 'blockAdded'; readonly received: B }
  /**
   * These blocks belong to this batch. They are named, since a block whose record was still being written at that moment may stand before this
   * event in a log and yet belong to a later batch.
   */
  | { readonly type: 'batchAllocated'; readonly timeMs: number; readonly blockIds: readonly string[] }
  /** The batches up to this time need their blocks no more. */
  | { readonly type: 'batchesCleaned'; readonly upToMs: number }

/** Which block belongs to which batch. */
export interface ReceivedBlocks<B extends IdentifiedBlock = ReceivedBlock> {
  readonly unallocated: readonly B[]
  /** In the order of batch times. */
  readonly batches: ReadonlyMap<number, readonly B[]>
  readonly lastAllocatedMs: number
}

export const noBlocks: ReceivedBlocks<never> = { unallocated: [], batches: new Map(), lastAllocatedMs: -Infinity }

/** What a step changes of a map: a copy, or the map itself. */
export type Changing = <V>(map: ReadonlyMap<number, V>) => Map<number, V>
export const copyOf: Changing = map => new Map(map)
/** For who alone has the state, and looks at none from before: a step takes no longer the more batches there are. */
export const itself: Changing = map => map as Map<number, never>

/** A state whose map nobody else has. */
export const ownBlocks = <B extends IdentifiedBlock>(state: ReceivedBlocks<B>): ReceivedBlocks<B> => ({
  ...state,
  batches: copyOf(state.batches),
})

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
export function apply<B extends IdentifiedBlock>(
  state: ReceivedBlocks<B>,
  event: BlockEvent<B>,
  changing: Changing = copyOf,
): ReceivedBlocks<B> {
  switch (event.type) {
    case 'blockAdded':
      return { ...state, unallocated: [...state.unallocated, event.received] }
    case 'batchAllocated': {
      if (event.timeMs <= state.lastAllocatedMs) return state
      const ids = new Set(event.blockIds)
      const batch = state.unallocated.filter(({ block }) => ids.has(block.id))
      return {
        unallocated: state.unallocated.filter(({ block }) => !ids.has(block.id)),
        batches: changing<readonly B[]>(state.batches).set(event.timeMs, batch),
        lastAllocatedMs: event.timeMs,
      }
    }
    case 'batchesCleaned': {
      const [first = Infinity] = state.batches.keys()
      if (first > event.upToMs) return state
      const batches = changing(state.batches)
      for (const timeMs of batches.keys()) {
        if (timeMs > event.upToMs) break
        batches.delete(timeMs)
      }
      return { ...state, batches }
    }
  }
}

/** The event that gives a batch everything that was received and belongs to none. */
export function allocation(
  state: ReceivedBlocks<IdentifiedBlock>,
  timeMs: number,
): Extract<BlockEvent, { readonly type: 'batchAllocated' }> {
  return { type: 'batchAllocated', timeMs, blockIds: state.unallocated.map(({ block }) => block.id) }
}

/** The blocks of one stream in one batch, in the order in which they were received. */
export function blocksOf(state: ReceivedBlocks<KeptBlock>, timeMs: number, streamId: number): StoredBlock[] {
  const ofBatch = state.batches.get(timeMs) ?? []
  return ofBatch.filter(received => received.streamId === streamId).map(received => received.block)
}
