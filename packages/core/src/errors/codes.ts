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
  CLASS_NOT_FOUND: entry(
    'Encoded records hold an instance of a class that is not known where they are read.',
    'Read them in the program that wrote them, or in one that has the class.',
  ),
  CLASS_NOT_REGISTERED: entry(
    'A record holds an instance of a class that cannot travel, of the platform or of a package.',
    'Use a class of the program, or a plain object with what is needed of it.',
  ),
  CONF_ARGUMENT: entry('`--conf` was given a key without a value.', 'Write `--conf key=value`.'),
  CONF_FILE_UNREADABLE: entry(
    'The properties file cannot be read.',
    'Correct `--properties-file`, or make the file readable.',
  ),
  CONF_KEY_NOT_SET: entry('A configuration key was read that is not set.', 'Set it, or pass a default to the getter.'),
  CONF_VALUE_MISSING: entry('A configuration key was set to null or undefined.', 'Pass a value, or use `remove(key)`.'),
  CORRUPT_RECORDS: entry(
    'Encoded records were cut or changed, or were written by another version.',
    'Read what was written unchanged; look at the store or the connection between.',
  ),
  DIVISION_BY_ZERO: entry('A time or duration was cut into steps of 0 ms.', 'Use a step of at least 1 ms.'),
  DURATION_NOT_WHOLE: entry(
    'A duration is not a whole number of milliseconds.',
    'Round it: `Milliseconds(Math.round(x))`.',
  ),
  FILE_ACCESS_DENIED: entry(
    'A file or directory may not be read or written.',
    'Check owner and permissions of the file and of the directories above it.',
  ),
  FILE_EXISTS: entry(
    'Something is where a file or directory should be made or moved to.',
    'Use another path, or delete what is there.',
  ),
  FILE_NOT_FOUND: entry(
    'There is no such file or directory.',
    'Check the path; the file may have been moved or deleted meanwhile.',
  ),
  INPUT_NOT_A_FILE: entry(
    'A directory that is read has a directory in it.',
    'Name the inner directories, `/in/*` for instance.',
  ),
  INPUT_NOT_FOUND: entry(
    'A path or pattern to read matches nothing.',
    'Check the path; relative ones start at the working directory of the program.',
  ),
  INTERVALS_DIFFER: entry(
    'Two intervals of different durations were compared.',
    'Compare their begin or end times instead.',
  ),
  IS_A_DIRECTORY: entry('A directory was opened or written as a file.', 'Give the path of a file in it.'),
  KEY_NOT_COMPARABLE: entry(
    'A key is or holds something without content to compare: a function, a promise, itself.',
    'Use strings, numbers, dates, tuples, objects or instances of your classes as keys.',
  ),
  MALFORMED_CONF_VALUE: entry(
    'The value of a configuration key has not the expected form.',
    'The message names key, value and form; correct the value.',
  ),
  MALFORMED_GLOB: entry(
    'A path pattern cannot be read.',
    'Close its brackets; put a backslash before a character that stands for itself.',
  ),
  NOT_A_DIRECTORY: entry('A part of a path, or what should be listed, is a file.', 'Check the path.'),
  NOT_A_DURATION: entry(
    'A bare number, or something else, was passed where a duration is wanted.',
    'Write `Seconds(1)`, `Milliseconds(200)` or `Minutes(1)`.',
  ),
  NOT_PAIRS: entry('Pairs were expected in a block of records that holds others.', 'Read it with `decodeRecords`.'),
  RECORDS_TOO_LARGE: entry('A block of encoded records would be larger than 4 GB.', 'Use more partitions.'),
  RECORD_NOT_ENCODABLE: entry(
    'A record holds a function, a symbol, a promise or another value that cannot leave its thread.',
    'The message has the path to it; keep what it stands for in the record.',
  ),
  STEP_IS_ZERO: entry('A series of times was asked for with a step of 0 ms.', 'Use a step of at least 1 ms.'),
  STORAGE_FAILED: entry('A store failed.', 'See the cause; the disk or the network may be at fault.'),
  STORAGE_FULL: entry('A store is full.', 'Make room, or use another directory.'),
  TIME_NOT_WHOLE: entry(
    'A time is not a whole number of epoch milliseconds.',
    'Pass epoch milliseconds: `new Time(Date.parse(…))`.',
  ),
  UNKNOWN_FILE_SYSTEM: entry(
    'No package serves the scheme of a URI.',
    'Import a package that does, or mount the store and use its path.',
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
