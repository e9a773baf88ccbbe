import * as api from 'dstream'
import { errorOf, field, type Case, type Result } from '../cases.ts'
import { Unsupported, call, exported } from '../unsupported.ts'
import { encode } from '../values.ts'

/** Kind rate: one estimator, fed with every update in order. */
export function runRate(c: Case): Result {
  const Estimator = exported(api, 'PIDRateEstimator') as new (options: object) => unknown
  try {
    const estimator = new Estimator({ batchIntervalMs: field(c.batchMs, 'batchMs'), ...field(c.pid, 'pid') })
    return { rates: field(c.updates, 'updates').map(update => encode(call(estimator, 'compute', ...update))) }
  } catch (error) {
    if (error instanceof Unsupported) throw error
    return { error: errorOf(error) }
  }
}
