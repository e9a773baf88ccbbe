/** The test kit: batches in, batches out, in virtual time. */
export { ManualClock } from '../time/index.ts'
export { BatchInput } from './batch-input.ts'
export { collectBatches, lookInto, runBatches, untilIdle } from './batches.ts'
export type { CollectedBatch, StreamInsight } from './batches.ts'
export { streamingTest } from './streaming-test.ts'
export type { StreamingTest, StreamingTestOptions } from './streaming-test.ts'
