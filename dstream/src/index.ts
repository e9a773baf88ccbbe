/** The public API, in the order in which a program meets it. */

// Time
export { Duration, Interval, Milliseconds, Minutes, Seconds, Time } from '@dstream/core'

// Errors
export { DStreamError } from '@dstream/core'
export type { ErrorDetails } from '@dstream/core'
