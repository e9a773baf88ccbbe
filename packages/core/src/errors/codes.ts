/** What a code means and what to do about it, each one line of Markdown. */
export interface CodeEntry {
  readonly cause: string
  readonly cure: string
}

const entry = (cause: string, cure: string): CodeEntry => ({ cause, cure })

/**
 * Every code that an error of this system can have. Codes never change; docs/errors.md is made of this register, and a test holds it against
 * the sources. One line each, in alphabetical order.
 */
export const errorCodes: Readonly<Record<string, CodeEntry>> = {
  CONF_ARGUMENT: entry('`--conf` was given a key without a value.', 'Write `--conf key=value`.'),
  CONF_FILE_UNREADABLE: entry(
    'The properties file cannot be read.',
    'Correct `--properties-file`, or make the file readable.',
  ),
  CONF_KEY_NOT_SET: entry('A configuration key was read that is not set.', 'Set it, or pass a default to the getter.'),
  CONF_VALUE_MISSING: entry('A configuration key was set to null or undefined.', 'Pass a value, or use `remove(key)`.'),
  DIVISION_BY_ZERO: entry('A time or duration was cut into steps of 0 ms.', 'Use a step of at least 1 ms.'),
  DURATION_NOT_WHOLE: entry(
    'A duration is not a whole number of milliseconds.',
    'Round it: `Milliseconds(Math.round(x))`.',
  ),
  INTERVALS_DIFFER: entry(
    'Two intervals of different durations were compared.',
    'Compare their begin or end times instead.',
  ),
  MALFORMED_CONF_VALUE: entry(
    'The value of a configuration key has not the expected form.',
    'The message names key, value and form; correct the value.',
  ),
  NOT_A_DURATION: entry(
    'A bare number, or something else, was passed where a duration is wanted.',
    'Write `Seconds(1)`, `Milliseconds(200)` or `Minutes(1)`.',
  ),
  STEP_IS_ZERO: entry('A series of times was asked for with a step of 0 ms.', 'Use a step of at least 1 ms.'),
  TIME_NOT_WHOLE: entry(
    'A time is not a whole number of epoch milliseconds.',
    'Pass epoch milliseconds: `new Time(Date.parse(…))`.',
  ),
  UNKNOWN_LOG_LEVEL: entry(
    '`setLogLevel` was given a name that is no level.',
    'Use `ALL`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `OFF`.',
  ),
  UNKNOWN_MASTER: entry(
    'The master URL is not one, or its engine is not installed.',
    'Use `local[*]`, or install `@dstream/spark` for a cluster.',
  ),
}
