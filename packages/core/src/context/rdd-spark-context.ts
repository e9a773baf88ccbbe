import { DStreamError } from '../errors/dstream-error.ts'
import { RddHandle } from '../rdd/rdd-handle.ts'
import { SparkContext } from './spark-context.ts'

declare module '../rdd/rdd-handle.ts' {
  interface RddHandle {
    /** The context that the dataset lives in. @throws DStreamError NO_SPARK_CONTEXT in one that is made for tests of engines */
    readonly sparkContext: SparkContext
  }
}

// Datasets know no SparkContext, which is made of them; a program, which has both, asks one for the other.
Object.defineProperty(RddHandle.prototype, 'sparkContext', {
  get(this: RddHandle): SparkContext {
    if (this.context instanceof SparkContext) return this.context
    throw new DStreamError('NO_SPARK_CONTEXT', 'This dataset lives in no SparkContext')
  },
})
