export { createLog, logLevelOf, silentLog } from './logger.ts'
export type { Log, Logger, LogLevel, LogOptions } from './logger.ts'
export { oncePer } from './once-per.ts'
export type { OncePer } from './once-per.ts'
