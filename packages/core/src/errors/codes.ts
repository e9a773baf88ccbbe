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
  CORRUPT_COMPRESSED_FILE: entry(
    'A compressed file is cut off, changed, or not compressed as its name says.',
    'Write it anew, or give it the name of its compression (`.gz`, `.deflate`, `.zst`).',
  ),
  CORRUPT_RECORDS: entry(
    'Encoded records were cut or changed, or were written by another version.',
    'Read what was written unchanged; look at the store or the connection between.',
  ),
  CORRUPT_SEQUENCE_FILE: entry(
    'A SequenceFile is cut off or changed; the message names the byte.',
    'Write it anew; the records before that byte are readable.',
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
  NOT_AN_OBJECT_FILE: entry(
    'A file that is read as an object file was written by something else, such as Spark with Java’s serialization.',
    'Read it with `sequenceFile`, or let its writer write a SequenceFile or text.',
  ),
  NOT_A_DIRECTORY: entry('A part of a path, or what should be listed, is a file.', 'Check the path.'),
  NOT_A_DURATION: entry(
    'A bare number, or something else, was passed where a duration is wanted.',
    'Write `Seconds(1)`, `Milliseconds(200)` or `Minutes(1)`.',
  ),
  NOT_PAIRS: entry('Pairs were expected in a block of records that holds others.', 'Read it with `decodeRecords`.'),
  NOT_WRITABLE: entry(
    'A key or value does not fit the class of its SequenceFile.',
    'Name the classes when writing, or map the records first.',
  ),
  PARTIAL_RECORD: entry(
    'The size of a file of records of one length is no multiple of that length.',
    'Correct the record length, or write the file to its end.',
  ),
  RECORDS_TOO_LARGE: entry('A block of encoded records would be larger than 4 GB.', 'Use more partitions.'),
  RECORD_LENGTH: entry(
    'The length of fixed-length records is not a whole number above 0.',
    'Give the number of bytes of each record.',
  ),
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
  UNKNOWN_COMPRESSION_CODEC: entry(
    'A compression codec was named that is not known.',
    'Use DefaultCodec, GzipCodec or ZStandardCodec.',
  ),
  UNKNOWN_FILE_SYSTEM: entry(
    'No package serves the scheme of a URI.',
    'Import a package that does, or mount the store and use its path.',
  ),
  UNKNOWN_INPUT_FORMAT: entry(
    'An input format was named that is not known.',
    'Use one that the message names, or an object of your own with `read(split)`.',
  ),
  UNKNOWN_LOG_LEVEL: entry(
    '`setLogLevel` was given a name that is no level.',
    'Use `ALL`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `OFF`.',
  ),
  UNKNOWN_MASTER: entry(
    'The master URL is not one, or its engine is not installed.',
    'Use `local[*]`, or install `@dstream/spark` for a cluster.',
  ),
  UNKNOWN_OUTPUT_FORMAT: entry(
    'An output format was named that is not known.',
    'Use one that the message names, or an object of your own with `write(path, pairs)`.',
  ),
  UNKNOWN_WRITABLE: entry(
    'A SequenceFile was to be written with a class that is not known.',
    'Use one of Hadoop’s, such as Text or IntWritable, or give your own as `writables`.',
  ),
  UNSUPPORTED_SEQUENCE_FILE: entry(
    'A SequenceFile has a version, class or codec that is not known here.',
    'Write it with a known one; classes of your own can be given as `writables`.',
  ),
}
