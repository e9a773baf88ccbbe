import { SparkConf } from '../../context/spark-conf.ts'
import { SparkContext } from '../../context/spark-context.ts'
import { asDuration, type Clock } from '../../time/index.ts'
import { batchInterval } from '../errors.ts'

/** What a context gets from outside; tests inject other ones. */
export interface StreamingEnvironment {
  /** Makes the batch times. Default: the system's. */
  readonly clock?: Clock
  /** Where `print()` writes. Default: the process's stdout. */
  readonly write?: (text: string) => void
}

/** The three ways of making a StreamingContext, as one. */
export function contextArguments(
  first: SparkConf | SparkContext | string,
  second: unknown,
  rest: readonly unknown[],
): { readonly sparkContext: SparkContext; readonly batchMs: number; readonly environment: StreamingEnvironment } {
  const [interval, environment] = typeof first === 'string' ? rest : [second, ...rest]
  const { milliseconds: batchMs } = asDuration(interval, 'batch interval')
  if (batchMs <= 0) throw batchInterval(batchMs)
  return {
    sparkContext: sparkContextOf(first, second),
    batchMs,
    environment: (environment ?? {}) as StreamingEnvironment,
  }
}

function sparkContextOf(first: SparkConf | SparkContext | string, second: unknown): SparkContext {
  if (typeof first !== 'string') return first instanceof SparkConf ? new SparkContext(first) : first
  return new SparkContext(new SparkConf().setMaster(first).setAppName(second as string))
}
