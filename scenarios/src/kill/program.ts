/**
 * The program that is killed: `node program.ts SETTINGS`. Both kinds of keyed state, an incremental window, a join and the records themselves, each
 * put out once for each batch and partition, out of a reliable receiver and files.
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { Milliseconds, SparkConf, StateSpec, StreamingContext, TaskContext, type DStream, type State } from 'dstream'
import { ReliableSource } from './reliable-source.ts'
import { windowBatches, type Fold, type ProgramSettings, type RawRecord, type Totals } from './program-settings.ts'
import { writeOnce } from './write-once.ts'

const settings = JSON.parse(process.argv[2]!) as ProgramSettings
const { directory } = settings
const checkpoints = join(directory, 'checkpoints')
const journal = join(directory, 'journal')

function create(): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('killed')
  conf.setAll({
    'spark.log.level': 'WARN',
    'spark.streaming.receiver.writeAheadLog.enable': true,
    'spark.streaming.receiver.writeAheadLog.rollingIntervalSecs': '250ms',
    'spark.streaming.driver.writeAheadLog.rollingIntervalSecs': '250ms',
    'spark.streaming.receiver.writeAheadLog.closeFileAfterWrite': settings.closeFileAfterWrite,
    'spark.streaming.receiverRestartDelay': '20ms',
    'spark.streaming.stopGracefullyOnShutdown': true,
    'spark.streaming.gracefulStopTimeout': '100s',
  })
  const batch = Milliseconds(settings.batchMs)
  const ssc = new StreamingContext(conf, batch)
  ssc.checkpoint(checkpoints)
  const received = receivedBy(ssc)
  const ofFiles = filesOf(ssc)
  putOut('raw', received.union(ofFiles))
  const records = received.union(ofFiles)
  const state = records.updateStateByKey(fold).checkpoint(Milliseconds(settings.batchMs * 3))
  putOut('state', state.mapValues(totals))
  const running = records.mapWithState(StateSpec.function(run)).checkpoint(Milliseconds(settings.batchMs * 4))
  putOut('running', running)
  putOut('snapshots', running.stateSnapshots())
  const sums = records.mapValues(([, value]) => [1, value] as const)
  const length = Milliseconds(settings.batchMs * windowBatches)
  const filter = ([, [count]]: readonly [string, readonly [number, number]]): boolean => count > 0
  putOut('window', sums.reduceByKeyAndWindow(add, subtract, length, batch, { filter }).checkpoint(length))
  putOut('joined', sumsOf(received).join(sumsOf(ofFiles)))
  return ssc
}

function receivedBy(ssc: StreamingContext): DStream<RawRecord> {
  const stored = ssc.receiverStream(new ReliableSource(settings.port, directory))
  return stored.map(([offset, key, value, block]): RawRecord => [key, [`r${offset}`, value, block]])
}

/** A line that is deadly ends the worker that reads it, the first time. */
function filesOf(ssc: StreamingContext): DStream<RawRecord> {
  const lines = ssc.fileStream<string>(join(directory, 'input'), { newFilesOnly: false })
  return lines.map((line): RawRecord => {
    const [id = '', key = '', value, deadly] = line.split(' ')
    const flag = join(directory, 'died', id)
    if (deadly !== undefined && !existsSync(flag)) {
      writeFileSync(flag, '')
      process.exit(1)
    }
    return [key, [id, Number(value), 'file']]
  })
}

/** The state holds what came, and what came without what came twice. */
function fold(values: readonly RawRecord[1][], before: Fold | undefined): Fold {
  const ids = new Set(before?.ids)
  let { records, sum, distinctSum } = before ?? { records: 0, sum: 0, distinctSum: 0 }
  for (const [id, value] of values) {
    records++
    sum += value
    if (!ids.has(id)) distinctSum += value
    ids.add(id)
  }
  return { records, sum, ids: [...ids], distinctSum }
}

/** What is put out of a state: not which records they were, but how many. */
const totals = ({ records, sum, ids, distinctSum }: Fold): Totals => [records, sum, ids.length, distinctSum]

/** How many records of the key there were up to this one, and their sum. */
function run(
  key: string,
  record: RawRecord[1] | undefined,
  state: State<readonly [number, number]>,
): [string, string, number, number] {
  const [id = '', value = 0] = record ?? []
  const [count, sum] = add(state.getOption() ?? [0, 0], [1, value])
  state.update([count, sum])
  return [key, id, count, sum]
}

const sumsOf = (records: DStream<RawRecord>): DStream<[string, readonly [number, number]]> =>
  records.mapValues(([, value]) => [1, value] as const).reduceByKey(add)

function add(a: readonly [number, number], b: readonly [number, number]): readonly [number, number] {
  return [a[0] + b[0], a[1] + b[1]]
}

function subtract(a: readonly [number, number], b: readonly [number, number]): readonly [number, number] {
  return [a[0] - b[0], a[1] - b[1]]
}

/** When all partitions of a batch are there, one more file says how many there are. */
function putOut<T>(output: string, stream: DStream<T>): void {
  const to = directory
  stream.foreachRDD(async (rdd, time) => {
    const batchMs = time.milliseconds
    await rdd.foreachPartition(records => {
      const lines = [...records].map(record => JSON.stringify(record))
      writeOnce(to, batchMs, output, TaskContext.getPartitionId(), lines)
    })
    writeOnce(to, batchMs, output, 'whole', [String(rdd.getNumPartitions())])
  })
}

/** From the checkpoint alone, where there is one and that is wanted. */
async function contextOf(): Promise<StreamingContext> {
  if (settings.withFactory) return StreamingContext.getOrCreate(checkpoints, create)
  try {
    const alone = await StreamingContext.getOrCreate(checkpoints, null)
    appendFileSync(journal, 'alone\n')
    return alone
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'NO_CHECKPOINT') throw error
    return StreamingContext.getOrCreate(checkpoints, create)
  }
}

// Whoever started it is gone: so is the round.
const parent = process.stdin as Socket
parent.on('end', () => process.exit(1)).on('error', () => process.exit(1))
parent.resume().unref()

const ssc = await contextOf()
ssc.addStreamingListener({
  onStreamingStarted: () => void process.stdout.write('started\n'),
  onBatchSubmitted: ({ batchInfo }) => appendFileSync(journal, `submitted ${batchInfo.batchTime.milliseconds}\n`),
  onBatchCompleted: ({ batchInfo }) => {
    appendFileSync(journal, `completed ${batchInfo.batchTime.milliseconds}\n`)
    process.stdout.write(`completed ${batchInfo.batchTime.milliseconds}\n`)
  },
})
ssc.start()
await ssc.awaitTermination()
appendFileSync(journal, 'ended\n')
