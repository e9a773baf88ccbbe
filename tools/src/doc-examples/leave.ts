import { SparkContext, StreamingContext } from 'dstream'

/** Stops what a block has begun and left. Copied beside the examples' programs. */
export async function __leave(declared: readonly unknown[], shared?: SparkContext): Promise<void> {
  for (const value of declared) {
    if (value instanceof StreamingContext) await value.stop(value.sparkContext !== shared)
    else if (value instanceof SparkContext) await value.stop()
  }
}
