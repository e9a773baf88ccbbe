/** What `dstream` re-exports. The seam for engines is `@dstream/core/engine`, the test kit `@dstream/core/testing`. */

// Time
export { Duration, Interval, Milliseconds, Minutes, Seconds, Time } from './time/index.ts'

// Errors
export { DStreamError } from './errors/dstream-error.ts'
export type { ErrorDetails } from './errors/dstream-error.ts'
