import type { Planted } from '@dstream/tools/planting'

/** When a crash point can be reached: while batches run, in a start after a crash, or while the program stops gracefully. */
export type Phase = 'running' | 'recovering' | 'stopping'

/** A place in the source at which the process is killed. */
export interface CrashPoint {
  readonly name: string
  readonly phase: Phase
  readonly file: string
  /** Text that is in the file exactly once. */
  readonly search: string
  /** What stands there instead, of a condition and of what is to be done when it holds. */
  readonly replace: (reached: string, kill: string) => string
  /** The process is killed when the point is reached for the n-th time; n is chosen by chance from 1 to this. */
  readonly mostHits: number
  /** Not reached where each write of a log is a file of its own. */
  readonly appends?: boolean
  /** It is in the program: one that is made of a checkpoint alone is what the program was when the checkpoint was made. */
  readonly ofProgram?: boolean
}

/** The environment variable with the name of the point at which the process is killed. */
const pointVariable = 'DSTREAM_CRASH_POINT'
/** The environment variable that says when the point that is planted kills: when it is reached for the n-th time. */
const hitVariable = 'DSTREAM_CRASH_AT'
/** The file in which the process writes down that it dies now. */
const journalVariable = 'DSTREAM_CRASH_JOURNAL'

/**
 * True when this point is the one that kills, and is reached for the n-th time. (What is planted in the program travels into checkpoints, and from there into later
 * processes, which are killed elsewhere.)
 */
const reachedAt = (name: string): string =>
  `(process.env['${pointVariable}'] === ${JSON.stringify(name)} && ` +
  `((globalThis as any).crashHits = ((globalThis as any).crashHits ?? 0) + 1) === Number(process.env['${hitVariable}']))`

/** Statements on one line, so that places in errors stay right. */
const killing = (name: string): string =>
  `process.getBuiltinModule('node:fs').appendFileSync(process.env['${journalVariable}']!, ${JSON.stringify(`crash ${name}\n`)}); ` +
  "process.kill(process.pid, 'SIGKILL')"

/** The change of the source that makes a crash point. */
export const plantedCrash = ({ name, file, search, replace }: CrashPoint): Planted => ({
  ...{ file, search },
  replace: replace(reachedAt(name), killing(name)),
})

/** What the process has to know, beside what is planted. */
export const crashEnvironment = (name: string, hit: number, journal: string): Record<string, string> => ({
  [pointVariable]: name,
  [hitVariable]: String(hit),
  [journalVariable]: journal,
})

type Place = Pick<CrashPoint, 'file' | 'search' | 'replace'>

const before = (file: string, search: string, when = 'true'): Place => ({
  ...{ file, search },
  replace: (reached, kill) => `if (${when} && ${reached}) { ${kill} } ${search}`,
})

const after = (file: string, search: string, when = 'true'): Place => ({
  ...{ file, search },
  replace: (reached, kill) => `${search}; if (${when} && ${reached}) { ${kill} }`,
})

/** A write of which only the first half is done. */
const halfOf = (file: string, search: string, half: string, when: string): Place => ({
  ...{ file, search },
  replace: (reached, kill) => `if (${when} && ${reached}) { ${half}; ${kill} } ${search}`,
})

const running = (name: string, place: Place, mostHits = 6): CrashPoint => ({
  name,
  phase: 'running',
  mostHits,
  ...place,
})
const appending = (name: string, place: Place): CrashPoint => ({ ...running(name, place), appends: true })
const inProgram = (name: string, place: Place, mostHits?: number): CrashPoint => ({
  ...running(name, place, mostHits),
  ofProgram: true,
})
const recovering = (name: string, place: Place, mostHits = 1): CrashPoint => ({ name, phase: 'recovering', mostHits, ...place }) // prettier-ignore
const stopping = (name: string, place: Place): CrashPoint => ({ name, phase: 'stopping', mostHits: 1, ...place })

const streaming = 'packages/core/src/streaming'
const runLog = `${streaming}/checkpoint/run-log.ts`
const logWriter = `${streaming}/write-ahead-log/log-writer.ts`
const driverLog = `${streaming}/write-ahead-log/driver-log/driver-log.ts`
const trackedReceiver = `${streaming}/receivers/tracked-receiver.ts`
const jobs = `${streaming}/jobs/job-scheduler.ts`
const checkpointFiles = `${streaming}/checkpoint/files/checkpoint-files.ts`
const dataCheckpoints = `${streaming}/checkpoint/data-checkpoints.ts`
const claim = `${streaming}/checkpoint/claim-checkpoint.ts`
const streamingRun = `${streaming}/context/streaming-run.ts`
const stops = `${streaming}/context/stopping.ts`
const runCheckpoints = `${streaming}/checkpoint/run-checkpoints.ts`
const stateFile = 'packages/core/src/rdd/saved/state-file.ts'
const savedFile = 'packages/core/src/rdd/saved/saved-file.ts'
const savedRecords = 'packages/core/src/rdd/saved/saved-records.ts'
const fence = 'packages/core/src/storage/fence/directory-fence.ts'
const writeOnce = 'scenarios/src/kill/write-once.ts'
const reliableSource = 'scenarios/src/kill/reliable-source.ts'

const appendBlock = 'const handle = await this.#receivers.append(streamId, bytes)'
const appendEvents = 'const { sequence } = await this.#log.append(encodeEvents(events))'
const appendBytes = 'await writePieces(file.appender, pieces)'
const appendHalf = 'const all = Buffer.concat(pieces); await file.appender.write(all.subarray(0, all.length >> 1))'
const ofBlocks = "this.#options.directory.includes('receivedData')"
const ofEvents = "this.#options.directory.includes('receivedBlockMetadata')"

const receiving: readonly CrashPoint[] = [
  running('a block has come, and is not in the log', before(runLog, appendBlock)),
  appending('half of a block is in the log', halfOf(logWriter, appendBytes, appendHalf, ofBlocks)),
  appending('a block is written to the log, and not flushed', after(logWriter, appendBytes, ofBlocks)),
  running('a block is in the log', after(runLog, appendBlock)),
  running(
    'a block is stored, and its receiver is not told',
    after(trackedReceiver, 'if (kept !== undefined) await kept'),
  ),
  running('a receiver is told that a block is stored', after(trackedReceiver, "this.#answer(from, { type: 'stored', number })")), // prettier-ignore
  inProgram(
    'a receiver knows that a block is stored, and does not acknowledge it',
    before(reliableSource, 'socket.write(`${last + 1}\\n`)'),
  ),
]

const ofDriverLog: readonly CrashPoint[] = [
  appending('half of an event is in the driver’s log', halfOf(logWriter, appendBytes, appendHalf, ofEvents)),
  ...(
    ['blockAdded', 'batchAllocated', 'inputAllocated', 'batchSubmitted', 'outputFinished', 'batchCompleted'] as const
  ).flatMap(type => [
    running(
      `before ${type} is in the log`,
      before(driverLog, appendEvents, `events.some(event => event.type === '${type}')`),
    ),
    running(
      `after ${type} is in the log`,
      after(driverLog, appendEvents, `events.some(event => event.type === '${type}')`),
    ),
  ]),
]

const ofBatches: readonly CrashPoint[] = [
  running('before the jobs of a batch', before(jobs, 'record.begin()')),
  inProgram('a part of an output is written, and not in place', before(writeOnce, 'linkSync(temporary, path)'), 40),
  inProgram('a part of an output is in place', after(writeOnce, 'linkSync(temporary, path)'), 40),
  running('after the end of an output', before(jobs, 'const { bus, logger, onError } = this.#parts'), 20),
  running('after the end of a batch', before(jobs, 'onBatchCompleted(timeMs, held)')),
]

const writeMark = 'await fileSystem.create(`${path}/${savedMark}`, Buffer.from(`${JSON.stringify(mark)}\\n`))'
const putCheckpoint = 'const writer = await fileSystem.createWriter(path)'

const ofCheckpoints: readonly CrashPoint[] = [
  running('before a checkpoint is written', before(checkpointFiles, putCheckpoint), 12),
  running('a checkpoint is half written', after(checkpointFiles, 'await writer.write(head)'), 12),
  running(
    'a checkpoint is written, and the one of the same batch is moved aside',
    before(checkpointFiles, 'await writer.commit()'),
    12,
  ),
  running(
    'a checkpoint is in place',
    before(checkpointFiles, 'const there = (await fileSystem.stat(path))?.length'),
    12,
  ),
  ...[
    ['state', stateFile, 'await writer.write(header(head))'],
    ['window', savedFile, 'await writer.write(header())'],
  ].flatMap(([what, file, firstWrite]) => [
    running(`before a part of a ${what} is saved`, before(file!, 'const writer = await store.createWriter(path)'), 4),
    running(`a part of a ${what} is half saved`, after(file!, firstWrite!), 4),
    running(`a part of a ${what} is saved, and not in place`, before(file!, 'await writer.commit()'), 4),
    running(`a part of a ${what} is in place`, after(file!, 'await writer.commit()'), 4),
  ]),
  running('before the mark of what is saved', before(savedRecords, writeMark), 4),
  running('after the mark of what is saved', after(savedRecords, writeMark), 4),
  running('something is saved, and no checkpoint names it', before(dataCheckpoints, 'this.#parts.onSaved()'), 4),
]

const ofCleaning: readonly CrashPoint[] = [
  running('before an old checkpoint is removed', before(checkpointFiles, 'await fileSystem.delete(`${directory}/checkpoint-${old}`)'), 4), // prettier-ignore
  running('after an old checkpoint is removed', after(checkpointFiles, 'await fileSystem.delete(`${directory}/checkpoint-${old}`)'), 4), // prettier-ignore
  running('before an old log is removed', before(logWriter, 'await fileSystem.delete(oldest.path)'), 2),
  running('after an old log is removed', after(logWriter, 'await fileSystem.delete(oldest.path)'), 2),
  running(
    'before something old that was saved is removed',
    before(dataCheckpoints, 'this.#onDisk.delete(directory)'),
    2,
  ),
  running('while something old that was saved is removed', after(dataCheckpoints, 'this.#removing.add(removal)'), 2),
]

const ofStarting: readonly CrashPoint[] = [
  running('the directory is taken, and nobody can see who has it', before(fence, 'await fence.#renew()'), 1),
  running('the directory is taken', after(fence, 'await fence.#renew()'), 1),
  recovering(
    'the number of the holder before is removed',
    before(fence, 'for (const epoch of leases) await fileSystem.delete('),
  ),
  running('before the receivers start', before(streamingRun, 'this.#parts.feed.start()'), 1),
  recovering('a checkpoint is read', after(claim, 'if (found === undefined) return await released(fence)')),
  recovering('an event of the driver’s log is read', after(driverLog, 'sequence = handle.sequence')),
  recovering('the driver’s log is read, and a new one not begun', before(driverLog, 'const log = await WriteAheadLog.open({ ...options, end: report.end })')), // prettier-ignore
  recovering('before batches are run again', before(streamingRun, 'this.#generator.start(firstMs, {')), // prettier-ignore
  recovering('a batch is about to be run again', before(jobs, "bus.post(() => ({ type: 'outputOperationStarted'"), 3),
]

const ofStopping: readonly CrashPoint[] = [
  stopping(
    'a graceful stop has begun',
    before(stops, "return this.#run('receivers', () => effects.stopReceivers(command.graceful))"),
  ),
  stopping('the receivers have stopped', before(stops, "return this.#run('batches', () => effects.drain())")),
  stopping(
    'all batches have run, and the last checkpoint is not written',
    before(stops, "return this.#run('save', () => effects.save(command.graceful))"),
  ),
  stopping('before the directory is let go', before(runCheckpoints, 'await this.#fence?.release()')),
  stopping('the directory is let go', after(runCheckpoints, 'await this.#fence?.release()')),
]

/** Every crash point. */
export const crashPoints: readonly CrashPoint[] = [
  ...receiving,
  ...ofDriverLog,
  ...ofBatches,
  ...ofCheckpoints,
  ...ofCleaning,
  ...ofStarting,
  ...ofStopping,
]
