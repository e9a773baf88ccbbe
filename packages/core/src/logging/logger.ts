import { DStreamError } from '../errors/dstream-error.ts'
import { errorToData } from '../errors/error-to-data.ts'
import type { ErrorData } from '../errors/error-data.ts'
import type { Clock } from '../time/clock.ts'

/** How much is logged, by log4j's names: what is at least as grave as the level. */
export type LogLevel = 'ALL' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'OFF'

const gravity: Readonly<Record<LogLevel, number>> = { ALL: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4, OFF: 5 }

/** Names that log4j has and this has not, by what they come to here. */
const alsoKnown: Readonly<Record<string, LogLevel>> = { TRACE: 'ALL', FATAL: 'ERROR' }

/** Says what one component does. A message given as a function is made only if it is logged. */
export interface Logger {
  debug(message: string | (() => string), error?: unknown): void
  info(message: string | (() => string), error?: unknown): void
  warn(message: string | (() => string), error?: unknown): void
  error(message: string | (() => string), error?: unknown): void
}

/** Where every component of one context gets its logger from. */
export interface Log {
  logger(component: string): Logger
  /**
   * `'WARN'`, in any case of letters.
   * @throws DStreamError `UNKNOWN_LOG_LEVEL`
   */
  setLogLevel(level: string): void
  readonly level: LogLevel
}

export interface LogOptions {
  readonly clock: Pick<Clock, 'now'>
  /** Gets each line, with its line end. Default: the process's stderr; stdout belongs to the program. */
  readonly sink?: (line: string) => void
  /** Default `WARN`. */
  readonly level?: LogLevel
}

/**
 * A log: one line an event, `yy/MM/dd HH:mm:ss LEVEL Component: message` in local time, Spark's console pattern. An error adds its
 * name and message, from level DEBUG on also its stack, all in the same line.
 *
 * @example
 * const log = createLog({ clock: new SystemClock() })
 * log.logger('JobScheduler').warn('The batch is late') // 24/01/31 09:30:00 WARN JobScheduler: The batch is late
 */
export function createLog(options: LogOptions): Log {
  const sink = options.sink ?? (line => void process.stderr.write(line))
  let level = options.level ?? 'WARN'

  const write = (
    component: string,
    messageLevel: LogLevel,
    message: string | (() => string),
    error: unknown[],
  ): void => {
    if (gravity[messageLevel] < gravity[level]) return
    const text = typeof message === 'function' ? message() : message
    const cause =
      error.length === 0 || error[0] === undefined
        ? ''
        : `: ${errorText(errorToData(error[0]), gravity[level] <= gravity.DEBUG)}`
    sink(`${timeText(options.clock.now())} ${messageLevel} ${component}: ${oneLine(text + cause)}\n`)
  }

  return {
    logger: component => ({
      debug: (message, ...error) => write(component, 'DEBUG', message, error),
      info: (message, ...error) => write(component, 'INFO', message, error),
      warn: (message, ...error) => write(component, 'WARN', message, error),
      error: (message, ...error) => write(component, 'ERROR', message, error),
    }),
    setLogLevel: name => {
      level = logLevelOf(name)
    },
    get level() {
      return level
    },
  }
}

/** The level of that name; see {@link Log.setLogLevel}. */
export function logLevelOf(name: string): LogLevel {
  const upper = name.toUpperCase()
  if (Object.hasOwn(gravity, upper)) return upper as LogLevel
  const level = Object.hasOwn(alsoKnown, upper) ? alsoKnown[upper] : undefined
  if (level !== undefined) return level
  throw new DStreamError(
    'UNKNOWN_LOG_LEVEL',
    `Supplied level ${name} did not match one of: ${Object.keys(gravity).join(',')}`,
    {
      hint: "For example setLogLevel('INFO').",
    },
  )
}

/** A log that says nothing. */
export const silentLog: Log = createLog({ clock: { now: () => 0 }, sink: () => {}, level: 'OFF' })

function errorText(error: ErrorData, withStack: boolean): string {
  const cause = error.cause === undefined ? '' : `; caused by ${errorText(error.cause, withStack)}`
  const text = error.thrown === undefined ? `${error.name}: ${error.message}` : error.message
  return (withStack && error.stack !== undefined ? error.stack : text) + cause
}

/** Line ends become spaces, other control characters escapes: what comes from outside cannot write lines of its own. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g,
      c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

function timeText(nowMs: number): string {
  const t = new Date(nowMs)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(t.getFullYear() % 100)}/${two(t.getMonth() + 1)}/${two(t.getDate())} ${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`
}
