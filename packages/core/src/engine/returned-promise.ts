import { DStreamError } from '../errors/dstream-error.ts'

/** What a task answers when a function that is called record by record returned a promise: nothing would wait for it. */
export function returnedPromise(operator: string): DStreamError {
  return new DStreamError(
    'PROMISE_RETURNED',
    `The function given to ${operator} returned a promise, which nothing waits for`,
    {
      hint: 'Declare it async and give it to mapPartitions or foreachPartition, which wait; or make it synchronous.',
    },
  )
}

/** Whether a value is a promise, or looks like one. */
export const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
