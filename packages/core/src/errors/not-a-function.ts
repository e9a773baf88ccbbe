import { DStreamError } from './dstream-error.ts'
import { shown } from './shown.ts'

/**
 * Refuses what is no function, where it is given and not where it would be called.
 * @throws DStreamError NOT_A_FUNCTION
 */
export function checkFunction(operator: string, f: unknown): void {
  if (typeof f === 'function') return
  throw new DStreamError('NOT_A_FUNCTION', `The function given to ${operator} is ${shown(f)}`, {
    hint:
      f === undefined
        ? 'Give a function. One that is imported under a wrong name, or used before its definition, is undefined.'
        : `Give a function: ${operator}(… => …).`,
  })
}
