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
  ANOTHER_CONTEXT_ACTIVE: entry(
    'A StreamingContext was started while another one of the process is active.',
    'Stop the other one first: `await StreamingContext.getActive()?.stop()`.',
  ),
  APP_NAME_MISSING: entry(
    'A SparkContext was made without a name of the application.',
    "Call `setAppName('…')`, or pass `--name`.",
  ),
  ASYNC_FUNCTION_NOT_ALLOWED: entry(
    'An async function was given to an operator that does not await.',
    'Make it synchronous, or use an operator that awaits, for example `mapPartitions` or `foreachPartition`.',
  ),
  BATCH_INTERVAL: entry(
    'A StreamingContext was made with a batch interval that is not positive.',
    'Use at least `Milliseconds(1)`.',
  ),
  BLOCK_NOT_STORED: entry(
    'A block that a receiver handed over could not be stored, or there was no answer in time.',
    'A reliable receiver does not acknowledge it, so that its source sends it again.',
  ),
  BUILTIN_TAKEN: entry('Two different builtins were registered under one name.', 'Give one of them another name.'),
  BUILTIN_UNKNOWN: entry(
    'A plan names a builtin that is not registered where it runs.',
    'Load the module that registers it; driver and workers must be of one version.',
  ),
  CHECKPOINT_INTERVAL_BELOW_SLIDE: entry(
    'A stream is to be checkpointed more often than it has an RDD.',
    'Use a whole multiple of its slide duration.',
  ),
  CHECKPOINT_INTERVAL_FIXED: entry(
    '`checkpoint(interval)` was called on a stream after the start.',
    'Call it before `start()`.',
  ),
  CHECKPOINT_INTERVAL_NOT_MULTIPLE: entry(
    'The checkpoint interval of a stream is not a whole multiple of its slide duration.',
    'Use a whole multiple of it.',
  ),
  CLASS_NOT_FOUND: entry(
    'Encoded records hold an instance of a class that is not known where they are read.',
    'Read them in the program that wrote them, or in one that has the class.',
  ),
  CLASS_NOT_REGISTERED: entry(
    'A record holds an instance of a class that cannot travel, of the platform or of a package.',
    'Use a class of the program, or a plain object with what is needed of it.',
  ),
  CLOSURE_FORMAT: entry(
    'The data of a captured function is damaged, or of another version.',
    'Run driver and workers with one version; start anew without the old checkpoint.',
  ),
  CONF_ARGUMENT: entry('`--conf` was given a key without a value.', 'Write `--conf key=value`.'),
  CONF_FILE_UNREADABLE: entry(
    'The properties file cannot be read.',
    'Correct `--properties-file`, or make the file readable.',
  ),
  CONF_KEY_NOT_SET: entry('A configuration key was read that is not set.', 'Set it, or pass a default to the getter.'),
  CONF_VALUE_MISSING: entry('A configuration key was set to null or undefined.', 'Pass a value, or use `remove(key)`.'),
  CONTEXT_EXISTS: entry(
    'A second SparkContext was made while another one runs in this process.',
    'Stop the first (`await sc.stop()`), or use `SparkContext.getOrCreate()`.',
  ),
  CONTEXT_NOT_OPEN: entry(
    'A stream or output operation was added to a context that has started or stopped.',
    'Set up everything before `start()`, or make a new StreamingContext.',
  ),
  CONTEXT_STOPPED: entry(
    'A SparkContext or StreamingContext was used after it had been stopped.',
    'Make a new one; a StreamingContext does not start twice.',
  ),
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
  DIFFERENT_CONTEXTS: entry(
    'Streams of several StreamingContexts were put together.',
    'Make them with one StreamingContext.',
  ),
  DIFFERENT_SLIDES: entry(
    'Streams with different slide durations were put together.',
    'Bring them to one slide first, for example with `window(length, slide)`.',
  ),
  DIVISION_BY_ZERO: entry('A time or duration was cut into steps of 0 ms.', 'Use a step of at least 1 ms.'),
  DURATION_NOT_WHOLE: entry(
    'A duration is not a whole number of milliseconds.',
    'Round it: `Milliseconds(Math.round(x))`.',
  ),
  EMPTY_COLLECTION: entry(
    'An action that needs a record (`first`, `reduce`, `max`, …) met an empty dataset.',
    'Ask `isEmpty()` first, or use `fold` with a zero.',
  ),
  ENGINE_CLOSED: entry('A job was run after the engine was closed.', 'Run jobs before `stop()`.'),
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
  GENERATION_FAILED: entry(
    'The jobs of a batch could not be made: a driver function threw, or a stream had no RDD where one is needed.',
    'Look at the cause; later batches go on.',
  ),
  IMPORT_FAILED: entry(
    'A task function imports a package that is not there where it runs.',
    'Install it where the message says.',
  ),
  IMPORT_NOT_PREPARED: entry(
    'A function was made before what it imports had been loaded.',
    'Await `prepare(functions)` first; a fault of an engine.',
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
  JOB_CANCELLED: entry(
    'A job was cancelled by `cancelJob`, `cancelJobGroup` or `cancelAllJobs`.',
    'Nothing, if that was meant; the partial results are gone.',
  ),
  JOB_FAILED: entry(
    'A task of a job failed for the last time; the cause is the error of the user’s function.',
    'See the cause; operator, place, partition and batch are in the message and in the fields.',
  ),
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
  MASTER_MISSING: entry(
    'A SparkContext was made without a master URL.',
    "Call `setMaster('local[*]')`, or pass `--master`.",
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
  NOT_A_PAIR: entry(
    'An operation by key met a record that is no pair.',
    'Make pairs first: `map(record => [key, value])`, or `keyBy(f)`.',
  ),
  NOT_ITERABLE: entry(
    'A function that gives many records returned something that cannot be iterated over.',
    'Return an array or another iterable.',
  ),
  NOT_PAIRS: entry('Pairs were expected in a block of records that holds others.', 'Read it with `decodeRecords`.'),
  NOT_WRITABLE: entry(
    'A key or value does not fit the class of its SequenceFile.',
    'Name the classes when writing, or map the records first.',
  ),
  NO_CHECKPOINT_DIRECTORY: entry(
    'A stream builds on its own earlier results and no checkpoint directory is set.',
    'Call `ssc.checkpoint(directory)` before `start()`.',
  ),
  NO_OUTPUT_OPERATIONS: entry(
    'A StreamingContext was started without any output operation.',
    'Call `print()`, `foreachRDD(…)` or `saveAsTextFiles(…)` on a stream.',
  ),
  NO_STREAMS: entry('`union` or `transform` of a StreamingContext was given no streams.', 'Pass at least one.'),
  OUTPUT_EXISTS: entry(
    'The directory to be written exists.',
    'Remove it, or write to another one: an existing output is never overwritten.',
  ),
  OUTPUT_FAILED: entry(
    'An output operation of a batch failed: its function threw, or a job that it started did.',
    'Look at the cause; later batches go on.',
  ),
  PARENT_WITHOUT_RDD: entry(
    'An input stream gave no RDD for a batch, and an operator on it needs one.',
    'Give an empty one: `ssc.sparkContext.emptyRDD()`.',
  ),
  PARTIAL_RECORD: entry(
    'The size of a file of records of one length is no multiple of that length.',
    'Correct the record length, or write the file to its end.',
  ),
  PARTITION_COUNT: entry(
    'A number of partitions is not a whole number, or is too small.',
    'Give a whole number, 1 or more.',
  ),
  PARTITION_OUT_OF_RANGE: entry(
    'The function of a custom partitioner gave something that is no partition.',
    'Give a whole number from 0 to `numPartitions - 1` for every key.',
  ),
  PROMISE_RETURNED: entry(
    'A function that is called record by record returned a promise, which nothing waits for.',
    'Make it synchronous, or declare it `async` and give it to `mapPartitions` or `foreachPartition`.',
  ),
  RANGE_NOT_RESOLVED: entry(
    'A range partitioner reached a task before its bounds were known.',
    'Run jobs through the context, which samples the keys first.',
  ),
  RANGE_STEP: entry('A range was asked for with a step of 0, or one that is not finite.', 'Use another step.'),
  RECEIVER_NOT_STARTED: entry(
    'A receiver was used before it was started.',
    'Begin in `onStart()`, not in the constructor.',
  ),
  RECEIVER_STOPPED: entry(
    'A receiver stored something after it had been stopped.',
    'Ask `isStopped()` before receiving on.',
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
  REMEMBER_SET_TWICE: entry(
    '`ssc.remember` was called a second time.',
    'Call it once, with the longest duration needed.',
  ),
  SLIDE_NOT_MULTIPLE_OF_SLIDE: entry(
    'The slide of a window is not a whole multiple of the slide of the stream that it is of.',
    'Use a whole multiple, or change the batch interval.',
  ),
  STATE_CHANGE_REFUSED: entry(
    'A state was changed that is timing out or has been removed.',
    'Ask `isTimingOut()` and `exists()` first.',
  ),
  STATE_NOT_SET: entry('A state was read that does not exist.', 'Ask `exists()` first, or use `getOption()`.'),
  STEP_IS_ZERO: entry('A series of times was asked for with a step of 0 ms.', 'Use a step of at least 1 ms.'),
  STORAGE_FAILED: entry('A store failed.', 'See the cause; the disk or the network may be at fault.'),
  STORAGE_FULL: entry('A store is full.', 'Make room, or use another directory.'),
  STORAGE_LEVEL_ASSIGNED: entry('A dataset was persisted at another level than before.', 'Call `unpersist()` first.'),
  STORAGE_LEVEL_FIXED: entry('`persist` was called on a stream after the start.', 'Call it before `start()`.'),
  STREAM_NOT_INITIALIZED: entry(
    'RDDs of a stream were asked for before the start, or of one that no output operation depends on.',
    'Start the context first, and register an output operation on the stream.',
  ),
  TASK_NOT_SERIALIZABLE: entry(
    'A task function captures something that lives only in this process.',
    'The message names the variable and the path to it; take what is needed out of it first, or make it in the task (`perWorker`).',
  ),
  TIME_NOT_WHOLE: entry(
    'A time is not a whole number of epoch milliseconds.',
    'Pass epoch milliseconds: `new Time(Date.parse(…))`.',
  ),
  TRANSFORM_WITHOUT_RDD: entry(
    'The function of `transform` gave something else than an RDD.',
    'Return an RDD: an empty one where there is nothing, and no promise.',
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
  WINDOW_NOT_MULTIPLE_OF_SLIDE: entry(
    'The length of a window is not a whole multiple of the slide of the stream that it is of.',
    'Use a whole multiple, or change the batch interval.',
  ),
  WINDOW_VALUE_LOST: entry(
    'The filter of an incremental window dropped a key of which values were still in the window.',
    'Let it drop only keys whose value says that none is left.',
  ),
  WORKER_DIED: entry(
    'The thread that ran a task ended: heap limit, `process.exit`, or termination.',
    'Task functions must not end the process; for memory, use more partitions.',
  ),
  ZIP_PARTITIONS_DIFFER: entry(
    'Datasets with different numbers of partitions were zipped.',
    'Zip only datasets of which one was made from the other by `map`.',
  ),
  ZIP_SIZES_DIFFER: entry(
    'Zipped partitions have different numbers of records.',
    'Zip only datasets of which one was made from the other by `map`, or join both by `zipWithIndex`.',
  ),
}
