/** The test kit: batches in, batches out, in virtual time. */
export { BatchInput, ManualClock, collectBatches, lookInto, runBatches, untilIdle } from '@dstream/core/testing'
export type { CollectedBatch, StreamInsight } from '@dstream/core/testing'
