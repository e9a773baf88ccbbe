import { DStreamError } from '../../errors/dstream-error.ts'

/** What actions that need a record say when there is none: Spark's words. */
export const emptyCollection = (): DStreamError =>
  new DStreamError('EMPTY_COLLECTION', 'empty collection', { hint: 'Ask isEmpty() first, or use fold with a zero.' })
