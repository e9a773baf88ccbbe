/** How the value of a key is written, and what it becomes: a time is milliseconds, a size is bytes. */
export type ConfForm = 'text' | 'boolean' | 'integer' | 'number' | 'time' | 'size'

/** One configuration key. */
export interface ConfKey {
  /** Its name in {@link Settings}, with the unit. */
  readonly field: string
  readonly form: ConfForm
  /** As a user would write it. Without one, the setting is undefined unless set. */
  readonly default?: string
  /** The unit of a bare number, for a time. Default ms. */
  readonly bare?: 's'
  /** The least value, in the unit of the setting. */
  readonly min?: number
  /** The values a text can have. */
  readonly choices?: readonly string[]
  /** The key whose value is taken when this one is not set. */
  readonly fallback?: string
  /** A name of earlier versions that is still read. */
  readonly oldName?: string
  /** One line of Markdown. */
  readonly doc: string
}

/**
 * Every key that is known, Spark's and our own (`spark.dstream.*`). The one place where a key, its default and its form are written: `readConf`, the
 * warnings about unknown keys and docs/configuration.md are made of it.
 */
// prettier-ignore
export const confKeys = {
  'spark.master': { field: 'master', form: 'text', doc: 'Where to run: `local`, `local[N]`, `local[*]`, `local[N,F]` (F attempts of a task), or the URL of a Spark cluster.' },
  'spark.app.id': { field: 'appId', form: 'text', doc: 'Of one run: what the context calls itself.' },
  'spark.app.startTime': { field: 'appStartTime', form: 'integer', doc: 'Of one run: when the context was made.' },
  'spark.app.name': { field: 'appName', form: 'text', doc: 'The name of the application.' },
  'spark.log.level': { field: 'logLevel', form: 'text', choices: ['ALL', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'OFF'], doc: 'How much is logged to stderr; without it `WARN`.' },
  'spark.default.parallelism': { field: 'defaultParallelism', form: 'integer', min: 1, doc: 'Partitions of shuffles and of `parallelize` where none are given. Without it, N for `local[N]`.' },
  'spark.task.maxFailures': { field: 'taskMaxFailures', form: 'integer', default: '4', min: 1, doc: 'Attempts of a task on a cluster, and deaths of its worker that a partition survives here; `local[N]` runs a throwing task once, `local[N,F]` F times.' },
  'spark.local.dir': { field: 'localDir', form: 'text', doc: 'Folder for what is spilled to disk. Without it, the system’s folder for temporary files.' },
  'spark.executor.memory': { field: 'executorMemoryBytes', form: 'size', min: 16777216, doc: 'Heap of each worker thread; one that needs more is replaced and its work done again. Without it, what Node gives a thread.' },

  'spark.streaming.blockInterval': { field: 'blockIntervalMs', form: 'time', default: '200ms', min: 1, doc: 'What a receiver stored in this time becomes one block, which becomes one partition of the batch.' },
  'spark.streaming.blockQueueSize': { field: 'blockQueueSize', form: 'integer', default: '10', min: 1, doc: 'Blocks that a receiver has cut and the driver has not yet taken. When as many wait, the receiver waits too.' },
  'spark.streaming.receiver.maxRate': { field: 'receiverMaxRatePerSecond', form: 'integer', doc: 'Records a second that each receiver may store one by one. Without it, or 0 and below: no limit.' },
  'spark.streaming.receiverRestartDelay': { field: 'receiverRestartDelayMs', form: 'time', default: '2000', min: 0, doc: 'How long a receiver that restarts waits between its stop and its start.' },
  'spark.streaming.receiver.blockStoreTimeout': { field: 'blockStoreTimeoutMs', form: 'time', bare: 's', default: '30', min: 1, doc: 'How long a receiver waits until a block is stored (and logged); a bare number is seconds.' },
  'spark.streaming.backpressure.enabled': { field: 'backpressureEnabled', form: 'boolean', default: 'false', doc: 'The rate of receivers follows what the batches can process.' },
  'spark.streaming.backpressure.initialRate': { field: 'backpressureInitialRatePerSecond', form: 'integer', fallback: 'spark.streaming.receiver.maxRate', doc: 'The rate of each receiver in the first batch, with back-pressure.' },
  'spark.streaming.backpressure.rateEstimator': { field: 'rateEstimator', form: 'text', default: 'pid', choices: ['pid'], doc: 'How the rate is estimated.' },
  'spark.streaming.backpressure.pid.proportional': { field: 'pidProportional', form: 'number', default: '1.0', min: 0, doc: 'Weight of the present error.' },
  'spark.streaming.backpressure.pid.integral': { field: 'pidIntegral', form: 'number', default: '0.2', min: 0, doc: 'Weight of the error that has accumulated.' },
  'spark.streaming.backpressure.pid.derived': { field: 'pidDerived', form: 'number', default: '0.0', min: 0, doc: 'Weight of the change of the error.' },
  'spark.streaming.backpressure.pid.minRate': { field: 'pidMinRatePerSecond', form: 'number', default: '100', min: 1, doc: 'The lowest rate that is estimated.' },
  'spark.streaming.unpersist': { field: 'unpersistOldRdds', form: 'boolean', default: 'true', doc: 'What is kept of batches that no stream remembers any more is dropped.' },
  'spark.streaming.concurrentJobs': { field: 'concurrentJobs', form: 'integer', default: '1', min: 1, doc: 'Output operations that run at the same time.' },
  'spark.streaming.stopGracefullyOnShutdown': { field: 'stopGracefullyOnShutdown', form: 'boolean', default: 'false', doc: 'SIGTERM and SIGINT stop the context gracefully.' },
  'spark.streaming.gracefulStopTimeout': { field: 'gracefulStopTimeoutMs', form: 'time', min: 0, doc: 'How long a graceful stop may take. Without it, ten batch intervals.' },
  'spark.streaming.stopSparkContextByDefault': { field: 'stopSparkContextByDefault', form: 'boolean', default: 'true', doc: '`stop()` without arguments stops the SparkContext too.' },
  'spark.streaming.fileStream.minRememberDuration': { field: 'fileStreamMinRememberMs', form: 'time', bare: 's', default: '60s', min: 1, oldName: 'spark.streaming.minRememberDuration', doc: 'Files whose modification time is older than this are ignored by file streams; a bare number is seconds.' },
  'spark.streaming.checkpoint.directory': { field: 'checkpointDirectory', form: 'text', doc: 'As if `ssc.checkpoint(directory)` were called.' },
  'spark.streaming.sessionByKey.deltaChainThreshold': { field: 'stateDeltaChainThreshold', form: 'integer', default: '20', min: 1, doc: 'How many changes the state of `mapWithState` may be behind its last full copy.' },
  'spark.streaming.ui.retainedBatches': { field: 'uiRetainedBatches', form: 'integer', default: '1000', min: 0, doc: 'Completed batches that the UI and the REST interface remember.' },
  'spark.streaming.receiver.writeAheadLog.enable': { field: 'receiverLogEnabled', form: 'boolean', default: 'false', doc: 'Received blocks are written to the write-ahead log before they are acknowledged. Needs a checkpoint directory.' },
  'spark.streaming.receiver.writeAheadLog.class': { field: 'receiverLogClass', form: 'text', doc: 'Another implementation of the log of received blocks: a name given to `registerWriteAheadLog`, or a module (`package#export`). See docs/write-ahead-logs.md.' },
  'spark.streaming.receiver.writeAheadLog.rollingIntervalSecs': { field: 'receiverLogRollingIntervalMs', form: 'time', bare: 's', default: '60', min: 1, doc: 'A new log file is begun this often; a bare number is seconds. A file is removed as a whole.' },
  'spark.streaming.receiver.writeAheadLog.maxFailures': { field: 'receiverLogMaxFailures', form: 'integer', default: '3', min: 1, doc: 'Attempts of a write to the log.' },
  'spark.streaming.receiver.writeAheadLog.closeFileAfterWrite': { field: 'receiverLogCloseFileAfterWrite', form: 'boolean', default: 'false', doc: 'Each write becomes a file of its own, put in its place whole: for stores that cannot append.' },
  'spark.streaming.driver.writeAheadLog.class': { field: 'driverLogClass', form: 'text', doc: 'Another implementation of the driver’s log, likewise.' },
  'spark.streaming.driver.writeAheadLog.rollingIntervalSecs': { field: 'driverLogRollingIntervalMs', form: 'time', bare: 's', default: '60', min: 1, doc: 'A new log file is begun this often; a bare number is seconds.' },
  'spark.streaming.driver.writeAheadLog.maxFailures': { field: 'driverLogMaxFailures', form: 'integer', default: '3', min: 1, doc: 'Attempts of a write to the log.' },
  'spark.streaming.driver.writeAheadLog.closeFileAfterWrite': { field: 'driverLogCloseFileAfterWrite', form: 'boolean', default: 'false', doc: 'Each write becomes a file of its own.' },
  'spark.streaming.driver.writeAheadLog.allowBatching': { field: 'driverLogAllowBatching', form: 'boolean', default: 'true', doc: 'Events that wait while others are written are then written together, with one flush.' },
  'spark.streaming.driver.writeAheadLog.batchingTimeout': { field: 'driverLogBatchingTimeoutMs', form: 'time', default: '5000', min: 1, doc: 'No further attempt of a write that fails is begun after this long; in Spark it is how long the caller waits.' },
  'spark.streaming.dynamicAllocation.enabled': { field: 'dynamicAllocationEnabled', form: 'boolean', default: 'false', doc: 'Executors of a cluster come and go with the load.' },
  'spark.streaming.dynamicAllocation.minExecutors': { field: 'dynamicAllocationMinExecutors', form: 'integer', min: 1, doc: 'The fewest executors. Without it, one for each receiver.' },
  'spark.streaming.dynamicAllocation.maxExecutors': { field: 'dynamicAllocationMaxExecutors', form: 'integer', min: 1, doc: 'The most executors. Without it, no limit.' },
  'spark.streaming.dynamicAllocation.scalingInterval': { field: 'dynamicAllocationScalingIntervalMs', form: 'time', bare: 's', default: '60', min: 1, doc: 'How often that is decided; a bare number is seconds.' },
  'spark.streaming.dynamicAllocation.scalingUpRatio': { field: 'dynamicAllocationUpRatio', form: 'number', default: '0.9', min: 0, doc: 'Processing time / batch interval above which executors are added.' },
  'spark.streaming.dynamicAllocation.scalingDownRatio': { field: 'dynamicAllocationDownRatio', form: 'number', default: '0.3', min: 0, doc: 'Below this one is let go.' },
  'spark.streaming.kafka.maxRatePerPartition': { field: 'kafkaMaxRatePerPartitionPerSecond', form: 'integer', default: '0', min: 0, doc: 'Records a second from each Kafka partition; 0 is no limit.' },
  'spark.streaming.kafka.minRatePerPartition': { field: 'kafkaMinRatePerPartitionPerSecond', form: 'integer', default: '1', min: 0, doc: 'The lowest rate that back-pressure gives a Kafka partition.' },
  'spark.streaming.kafka.allowNonConsecutiveOffsets': { field: 'kafkaAllowNonConsecutiveOffsets', form: 'boolean', default: 'false', doc: 'For compacted and transactional topics.' },
  'spark.streaming.kafka.consumer.cache.enabled': { field: 'kafkaConsumerCacheEnabled', form: 'boolean', default: 'true', doc: 'Workers keep their consumers between batches.' },
  'spark.streaming.kafka.consumer.cache.initialCapacity': { field: 'kafkaConsumerCacheInitialCapacity', form: 'integer', default: '16', min: 0, doc: 'Accepted; of no effect here.' },
  'spark.streaming.kafka.consumer.cache.maxCapacity': { field: 'kafkaConsumerCacheMaxCapacity', form: 'integer', default: '64', min: 1, doc: 'Consumers kept by a worker.' },
  'spark.streaming.kafka.consumer.cache.loadFactor': { field: 'kafkaConsumerCacheLoadFactor', form: 'number', default: '0.75', min: 0, doc: 'Accepted; of no effect here.' },
  'spark.streaming.kafka.consumer.poll.ms': { field: 'kafkaConsumerPollMs', form: 'time', min: 1, doc: 'How long a task waits for the records of its range.' },

  'spark.dstream.recordErrors': { field: 'recordErrors', form: 'text', choices: ['fail', 'skip'], default: 'fail', doc: 'What happens to a record on which a user function throws: `fail` fails the task, `skip` leaves the record out, counts it and reports the first error of each operator.' },
  'spark.dstream.shuffle.memory': { field: 'shuffleMemoryBytes', form: 'size', default: '1g', min: 0, doc: 'Shared memory for the blocks of shuffles; what comes beyond goes to files in `spark.local.dir`.' },
  'spark.dstream.storage.memory': {
    field: 'storageMemoryBytes',
    form: 'size',
    default: '1g',
    min: 0,
    doc: 'Memory for kept partitions of all workers together (`persist`). Beyond it the least recently used ones go to disk or, where their level has no disk part, are dropped. Stands for Spark’s `spark.memory.*`; see docs/persistence.md.',
  },
  'spark.rdd.compress': {
    field: 'rddCompress',
    form: 'boolean',
    default: 'false',
    doc: 'Kept partitions that are bytes (levels `_SER`, `OFF_HEAP`, on disk) are compressed, by Zstandard.',
  },
  'spark.shuffle.compress': {
    field: 'shuffleCompress',
    form: 'boolean',
    default: 'false',
    doc: 'Blocks of shuffles are compressed, by Zstandard. Spark’s default is true, because its blocks cross a network; here they are shared memory.',
  },
  'spark.dstream.receiver.writeAheadLog.fsync': { field: 'receiverLogFsync', form: 'text', default: 'commit', doc: 'When a block in the log counts as safe: `commit` when it is flushed to the device, `never` when the system has it, a time such as `100ms` when the system has it and flushes so often.' },
  'spark.dstream.driver.writeAheadLog.fsync': { field: 'driverLogFsync', form: 'text', default: 'commit', doc: 'The same for events in the driver’s log.' },
  'spark.io.encryption.enabled': { field: 'encryptionEnabled', form: 'boolean', default: 'false', doc: 'Logs, checkpoints, saved records and blocks on disk are encrypted. Needs a key; see docs/encryption.md.' },
  'spark.io.encryption.keySizeBits': { field: 'encryptionKeySizeBits', form: 'text', choices: ['128', '192', '256'], doc: 'A key of another size is refused. Without it, any of these.' },
  'spark.dstream.io.encryption.keyFile': { field: 'encryptionKeyFile', form: 'text', doc: 'A file with the key, as base64 or hexadecimal digits, and behind it those that it replaced, one a line. Without it, the variable `DSTREAM_IO_ENCRYPTION_KEY`.' },
  'spark.dstream.socket.maxLineBytes': { field: 'socketMaxLineBytes', form: 'size', default: '1m', min: 1, doc: 'The longest line that a text socket takes; a longer one is cut off there and counted.' },
  'spark.dstream.receiver.maxUnprocessedBytes': { field: 'receiverMaxUnprocessedBytes', form: 'size', default: '1g', min: 0, doc: 'When more bytes than this are received and not processed, receivers wait until batches have caught up.' },
  'spark.dstream.receiver.memory': { field: 'receiverMemoryBytes', form: 'size', default: '512m', min: 0, doc: 'Memory that received blocks may hold, those that wait and those that windows look back on. Beyond it blocks go to disk (in `spark.local.dir`) where the storage level of their stream has a disk part; receivers of the others wait.' },
  'spark.dstream.receiver.maxRestartDelay': { field: 'receiverMaxRestartDelayMs', form: 'time', default: '30s', min: 0, doc: 'A receiver that fails again and again waits twice as long each time, from `spark.streaming.receiverRestartDelay` up to this.' },
  'spark.dstream.receiver.healthyAfter': { field: 'receiverHealthyAfterMs', form: 'time', default: '10s', min: 0, doc: 'A receiver that has run so long, or has stored something, begins with the first delay again when it fails.' },
  'spark.dstream.receiver.maxWaitingRecords': { field: 'receiverMaxWaitingRecords', form: 'integer', default: '1000000', min: 0, doc: 'Records that a receiver has stored one by one, without waiting for `store()`, and that are in no block yet. More are dropped, counted and reported; 0: no bound, and nothing is dropped.' },
  'spark.dstream.receiver.maxBlockBytes': { field: 'receiverMaxBlockBytes', form: 'size', default: '2m', min: 1024, doc: 'A receiver’s block is cut when it is this large, also before its interval is over.' },
} as const satisfies Readonly<Record<string, ConfKey>>

type Keys = typeof confKeys
export type KnownKey = keyof Keys

type ValueOf<F extends ConfForm> = F extends 'text' ? string : F extends 'boolean' ? boolean : number

/** Every setting, typed, with its unit in its name: what `readConf` makes of a SparkConf at the edge. */
export type Settings = {
  readonly [K in KnownKey as Keys[K]['field']]: Keys[K] extends { readonly default: string }
    ? ValueOf<Keys[K]['form']>
    : ValueOf<Keys[K]['form']> | undefined
}
