import { builtin } from '../../closures/index.ts'
import type { KeyMap } from '../../codec/index.ts'
import type { BoundedDouble } from '../approximate/bounded-double.ts'
import {
  checkConfidence,
  CountEvaluator,
  GroupedCountEvaluator,
  MeanEvaluator,
  SumEvaluator,
  type Evaluator,
} from '../approximate/evaluators.ts'
import { PartialResult } from '../approximate/partial-result.ts'
import type { Dataset } from '../context.ts'
import type { Action } from '../plan/action.ts'
import { allPartitions } from './per-partition.ts'

/** How long to wait, and how sure the bounds shall be. */
export interface Approximation {
  readonly timeoutMs: number
  readonly confidence: number
}

/**
 * Runs an action, and gives what is known once all partitions have ended or the time is over, whichever is first. The job goes on: its result is the final value.
 */
async function approximately<P, R>(
  rdd: Dataset,
  name: string,
  action: Action,
  evaluator: Evaluator<P, R>,
  { timeoutMs, confidence }: Approximation,
): Promise<PartialResult<R>> {
  checkConfidence(confidence)
  const partitions = allPartitions(rdd)
  let ended = 0
  const known = (): R => evaluator.result(partitions.length === 0 ? 1 : ended / partitions.length)
  const whole = rdd.context.act(name, async jobs => {
    if (partitions.length > 0) {
      await jobs.run(rdd.node, action, partitions, (_, part) => {
        evaluator.merge(part as P)
        ended++
      })
    }
    return known()
  })
  const { clock } = rdd.context
  let cancel = (): void => {}
  const late = new Promise<'late'>(resolve => (cancel = clock.after(timeoutMs, () => resolve('late'))))
  const first = await Promise.race([whole.then(() => 'ended' as const), late]).finally(cancel)
  return new PartialResult(known(), first === 'ended', whole)
}

export const countApprox = (rdd: Dataset, how: Approximation): Promise<PartialResult<BoundedDouble>> =>
  approximately(rdd, 'countApprox', { kind: 'count' }, new CountEvaluator(how.confidence), how)

export const countByKeyApprox = <K>(
  rdd: Dataset,
  how: Approximation,
): Promise<PartialResult<KeyMap<K, BoundedDouble>>> =>
  approximately(rdd, 'countByKeyApprox', running('countsByKey'), new GroupedCountEvaluator<K>(how.confidence), how)

export const countByValueApprox = <T>(
  rdd: Dataset,
  how: Approximation,
): Promise<PartialResult<KeyMap<T, BoundedDouble>>> =>
  approximately(rdd, 'countByValueApprox', running('countsByValue'), new GroupedCountEvaluator<T>(how.confidence), how)

export const meanApprox = (rdd: Dataset, how: Approximation): Promise<PartialResult<BoundedDouble>> =>
  approximately(rdd, 'meanApprox', running('stats'), new MeanEvaluator(how.confidence), how)

export const sumApprox = (rdd: Dataset, how: Approximation): Promise<PartialResult<BoundedDouble>> =>
  approximately(rdd, 'sumApprox', running('stats'), new SumEvaluator(how.confidence), how)

const running = (name: string): Action => ({ kind: 'run', f: builtin(name), async: false })
