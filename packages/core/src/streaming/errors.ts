import { DStreamError } from '../errors/dstream-error.ts'
import { shown } from '../errors/shown.ts'

/** The errors of streams and their contexts. Texts are Spark's where Spark has the error, with "process" for "JVM". */

export const notMultipleOfSlide = (
  what: 'window' | 'slide',
  stream: string,
  ms: number,
  slideMs: number,
): DStreamError =>
  new DStreamError(
    what === 'window' ? 'WINDOW_NOT_MULTIPLE_OF_SLIDE' : 'SLIDE_NOT_MULTIPLE_OF_SLIDE',
    stream === 'windowed DStream'
      ? `The ${what} duration of windowed DStream (${ms} ms) must be a multiple of the slide duration of parent DStream (${slideMs} ms)`
      : `The ${what} duration of ${stream} (${ms} ms) must be multiple of the slide duration of parent DStream (${slideMs} ms)`,
    { hint: `Use ${Math.max(1, Math.ceil(ms / slideMs)) * slideMs} ms, or change the batch interval.` },
  )

export const differentSlides = (slidesMs: readonly number[]): DStreamError =>
  new DStreamError(
    'DIFFERENT_SLIDES',
    `Some of the DStreams have different slide durations: ${slidesMs.map(ms => `${ms} ms`).join(', ')}`,
    {
      hint: 'Bring them to one slide duration first, for example with window(length, slide).',
    },
  )

export const differentContexts = (): DStreamError =>
  new DStreamError('DIFFERENT_CONTEXTS', 'Some of the DStreams have different contexts', {
    hint: 'Streams that work together are made by one StreamingContext.',
  })

export const noStreams = (operator: string): DStreamError =>
  new DStreamError('NO_STREAMS', `List of DStreams to ${operator} is empty`, { hint: 'Pass at least one stream.' })

export const addedAfter = (phase: 'starting' | 'stopping', operator: string): DStreamError =>
  new DStreamError(
    'CONTEXT_NOT_OPEN',
    `Adding new inputs, transformations, and output operations after ${phase} a context is not supported`,
    { hint: `Apply ${operator} before start(), or make a new StreamingContext.` },
  )

export const sameOutput = (
  name: string,
  operator: string,
  other: { readonly operator: string; readonly site: string },
): DStreamError =>
  new DStreamError(
    'DUPLICATE_OUTPUT',
    `The name ${name} given to ${operator} is that of the output ${other.operator} at ${other.site}`,
    { hint: 'Give each output a name of its own: by it is recognised what has been written.' },
  )

export const noOutputs = (): DStreamError =>
  new DStreamError('NO_OUTPUT_OPERATIONS', 'No output operations registered, so nothing to execute', {
    hint: 'Call print(), foreachRDD(…) or saveAsTextFiles(…) on a stream before start().',
  })

export const alreadyStopped = (): DStreamError =>
  new DStreamError('CONTEXT_STOPPED', 'StreamingContext has already been stopped', {
    hint: 'A context does not start twice; make a new one (a SparkContext that was kept can be used again).',
  })

export const otherContextActive = (site: string): DStreamError =>
  new DStreamError(
    'ANOTHER_CONTEXT_ACTIVE',
    `Only one StreamingContext may be started in this process. Currently running StreamingContext was started at ${site}`,
    { hint: 'Stop the running one first: await StreamingContext.getActive()?.stop().' },
  )

export const noCheckpointDirectory = (operator: string): DStreamError =>
  new DStreamError(
    'NO_CHECKPOINT_DIRECTORY',
    'The checkpoint directory has not been set. Please set it by StreamingContext.checkpoint().',
    {
      hint: `${operator} builds on its own earlier results, so they must be kept somewhere: ssc.checkpoint('some/directory').`,
    },
  )

export const logWithoutDirectory = (): DStreamError =>
  new DStreamError(
    'NO_CHECKPOINT_DIRECTORY',
    'Cannot enable receiver write-ahead log without checkpoint directory set. Please use streamingContext.checkpoint() to set the checkpoint directory.',
    {
      hint: 'The log is kept in it. Call ssc.checkpoint(directory) in the function that makes the context, or take spark.streaming.receiver.writeAheadLog.enable away.',
    },
  )

export const notAStateSpec = (given: unknown): DStreamError =>
  new DStreamError('NOT_A_STATE_SPEC', `mapWithState takes a StateSpec, not ${shown(given)}`, {
    hint: 'Make one of the function: StateSpec.function((key, value, state) => …).',
  })

export const checkpointBelowSlide = (operator: string, ms: number, slideMs: number): DStreamError =>
  new DStreamError(
    'CHECKPOINT_INTERVAL_BELOW_SLIDE',
    `The checkpoint interval for ${operator} has been set to ${ms} ms which is lower than its slide time (${slideMs} ms). Please set it to at least ${slideMs} ms.`,
  )

export const checkpointNotMultiple = (operator: string, ms: number, slideMs: number): DStreamError =>
  new DStreamError(
    'CHECKPOINT_INTERVAL_NOT_MULTIPLE',
    `The checkpoint interval for ${operator} has been set to ${ms} ms which not a multiple of its slide time (${slideMs} ms). Please set it to a multiple of ${slideMs} ms.`,
  )

export const levelFixed = (): DStreamError =>
  new DStreamError(
    'STORAGE_LEVEL_FIXED',
    'Cannot change storage level of a DStream after streaming context has started',
    {
      hint: 'Call persist() before start().',
    },
  )

export const checkpointIntervalFixed = (): DStreamError =>
  new DStreamError(
    'CHECKPOINT_INTERVAL_FIXED',
    'Cannot change checkpoint interval of a DStream after streaming context has started',
    { hint: 'Call checkpoint(interval) before start().' },
  )

export const otherBatchInterval = (beforeMs: number, nowMs: number): DStreamError =>
  new DStreamError(
    'CHECKPOINT_BATCH_INTERVAL',
    `The checkpoint was written with a batch interval of ${beforeMs} ms, and the program has one of ${nowMs} ms`,
    {
      hint: `Batch times would not fit together: go on with ${beforeMs} ms, or begin with an empty checkpoint directory.`,
    },
  )

export const otherDirectory = (given: string, own: string): DStreamError =>
  new DStreamError(
    'CHECKPOINT_DIRECTORY',
    `There is a checkpoint in ${given}, and the program writes its checkpoints to ${own}`,
    { hint: 'Give getOrCreate and ssc.checkpoint the same directory.' },
  )

/** A program cannot go on from a checkpoint for several reasons: all of them. */
export const manyReasons = (problems: readonly DStreamError[]): DStreamError =>
  new DStreamError(
    'CHECKPOINT_REFUSED',
    `The program cannot go on from this checkpoint, for ${problems.length} reasons:${problems.map(({ message }) => `\n- ${message}`).join('')}`,
    { cause: new AggregateError(problems) },
  )

export const otherStateVersion = (key: string, saved: number, now: number): DStreamError =>
  new DStreamError(
    'STATE_VERSION',
    `The states of ${key} were saved in version ${saved}, and the program has version ${now}${saved < now ? ' and no function that brings them there' : ''}`,
    {
      hint:
        saved < now
          ? 'Give one: migrate in the options of updateStateByKey, or the second argument of StateSpec.version. To begin without the old states, give the stream another uid.'
          : 'Go on with the program that wrote them. To begin without these states, give the stream another uid.',
    },
  )

export const stateVersionNumber = (operator: string, version: unknown): DStreamError =>
  new DStreamError(
    'STATE_VERSION_NUMBER',
    `${operator}: a version is a whole number from 1 on, not ${shown(version)}`,
    {
      hint: 'Count up whenever the form of the states changes. States that were saved without a version have version 0.',
    },
  )

export const unreadableCheckpoints = (directory: string, why: readonly string[]): DStreamError =>
  new DStreamError(
    'CHECKPOINT_UNREADABLE',
    `Failed to read checkpoint from directory ${directory}${why.map(line => `\n  ${line}`).join('')}`,
    {
      hint: 'Go on with the program that wrote it, or begin with an empty directory; getOrCreate(…, { createOnError: true }) begins anew.',
    },
  )

export const noCheckpoint = (directory: string): DStreamError =>
  new DStreamError('NO_CHECKPOINT', `There is no checkpoint in directory ${directory}`, {
    hint: 'Give getOrCreate the function that makes the context, for the first start.',
  })

export const beginsAnew = (): DStreamError =>
  new DStreamError(
    'BEGINS_ANEW',
    'The program starts streams that it has not made with StreamingContext.getOrCreate: it would begin anew',
    {
      hint: 'Make the context in the function that is given to getOrCreate(directory, create).',
    },
  )

export const factoryNeeded = (directory: string, problems: readonly string[]): DStreamError =>
  new DStreamError(
    'CHECKPOINT_NEEDS_FACTORY',
    `${notSerializable}: the program in ${directory} cannot go on without the function that makes it\n  ${problems.join('\n  ')}`,
    { hint: 'Call getOrCreate(directory, create) with that function.' },
  )

/** Spark's words. */
export const notSerializable =
  'DStream checkpointing has been enabled but the DStreams with their functions are not serializable'

export const madeOutside = (operator: string): DStreamError =>
  new DStreamError('STREAM_NOT_INITIALIZED', `${operator} has not been initialized`, {
    hint: 'The context was recovered with all its streams; make none after getOrCreate(directory, null), or give it the function that makes them.',
  })

export const sameUid = (uid: string, streams: readonly string[]): DStreamError =>
  new DStreamError('DUPLICATE_UID', `Two streams have the uid "${uid}": ${streams.join(' and ')}`, {
    hint: 'Give each stream one of its own: it is what the stream is recognised by after a restart.',
  })

export const rememberTwice = (ms: number): DStreamError =>
  new DStreamError('REMEMBER_SET_TWICE', `Remember duration already set as ${ms} ms. Cannot set it again.`, {
    hint: 'Call ssc.remember(…) once, with the longest duration needed.',
  })

export const notInitialized = (stream: string): DStreamError =>
  new DStreamError('STREAM_NOT_INITIALIZED', `${stream} has not been initialized`, {
    hint: 'It has RDDs only once the context has started, and only if an output operation depends on it.',
  })

export const cannotUnify = (timeMs: number): DStreamError =>
  new DStreamError('PARENT_WITHOUT_RDD', `Could not generate RDD from a parent for unifying at time ${timeMs} ms`, {
    hint: 'An input stream gave no RDD for this batch; give an empty one (ssc.sparkContext.emptyRDD()) instead of none.',
  })

export const cannotTransform = (timeMs: number): DStreamError =>
  new DStreamError('PARENT_WITHOUT_RDD', `Couldn't generate RDD from parent at time ${timeMs} ms`, {
    hint: 'An input stream gave no RDD for this batch; give an empty one (ssc.sparkContext.emptyRDD()) instead of none.',
  })

export const transformGaveNone = (operator: string, got: unknown): DStreamError =>
  new DStreamError(
    'TRANSFORM_WITHOUT_RDD',
    got === null || got === undefined
      ? 'Transform function must not return null. Return SparkContext.emptyRDD() instead to represent no element as the result of transformation.'
      : `The function given to ${operator} returned ${shown(got)}, not an RDD`,
    { hint: `The function returned ${shown(got)}; it has to return an RDD, and not a promise of one.` },
  )

export const batchInterval = (ms: number): DStreamError =>
  new DStreamError('BATCH_INTERVAL', `The batch interval must be positive, not ${ms} ms`, {
    hint: 'Use at least Milliseconds(1).',
  })
