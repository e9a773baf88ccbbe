/** The test kit: batches in, batches out, in virtual time. */
export {
  BatchInput,
  ManualClock,
  collectBatches,
  lookInto,
  runBatches,
  streamingTest,
  untilIdle,
} from '@dstream/core/testing'
export type { CollectedBatch, StreamInsight, StreamingTest, StreamingTestOptions } from '@dstream/core/testing'
