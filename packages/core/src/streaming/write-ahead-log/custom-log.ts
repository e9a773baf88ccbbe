import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openPayload, plainPayloads } from '../../storage/encryption/cipher.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { unreadable } from './log-errors.ts'
import { emptyLog } from './log-files.ts'
import type { LogDamage, LogHandle, LogRecord, LogReport, ReadLogOptions } from './read-log.ts'
import { decodeRecordHead, isPayloadOf, recordHeadBytes, sealContext, type RecordHead } from './record-format.ts'

/**
 * Another place for the records of write-ahead logs: a database, a queue. Checksums, encryption, numbers of records, attempts after failures and the right to write are not
 * its concern: what it is given is a framed record, which it has to give back as it was.
 *
 * @see Spark's abstract class WriteAheadLog, docs/write-ahead-logs.md
 */
export interface CustomWriteAheadLog {
  /**
   * Adds a record behind all others. When it resolves, the record is safe; when it rejects, it may be there or not. The next call comes after the one before has ended. Gives where the
   * record is, as JSON that a later process understands too.
   */
  write(record: Uint8Array, timeMs: number): Promise<unknown>
  /** The record at such a place. */
  read(handle: unknown): Promise<Uint8Array>
  /** Every record that is there, in the order in which they were written. */
  readAll(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** Records that were written with a time before this one are not needed any more. */
  clean(thresholdMs: number): Promise<void>
  /** Nothing more is asked of it. */
  close(): Promise<void>
}

/** Opens the log that belongs to a directory, such as `/checkpoint/receivedBlockMetadata`: the name of the log, whether or not anything is kept there. */
export type CreateWriteAheadLog = (place: {
  readonly directory: string
}) => CustomWriteAheadLog | Promise<CustomWriteAheadLog>

const registered = new Map<string, CreateWriteAheadLog>()

/**
 * Gives another implementation of write-ahead logs a name, for `spark.streaming.receiver.writeAheadLog.class` and `spark.streaming.driver.writeAheadLog.class`. Returns a function that
 * takes it back.
 *
 * @example
 * const forgetful = { write: async () => null, read: async () => new Uint8Array(0), readAll: () => [], clean: async () => {}, close: async () => {} }
 * const undo = registerWriteAheadLog('forgetful', () => forgetful)
 * undo()
 */
export function registerWriteAheadLog(name: string, create: CreateWriteAheadLog): () => void {
  registered.set(name, create)
  return () => void registered.delete(name)
}

/**
 * The log of a directory, made by an implementation: a registered name, else a module (`./logs.js` from the working directory, or a package) whose default export makes one, or
 * the export that is named behind a `#`.
 * @throws DStreamError WRITE_AHEAD_LOG_CLASS
 */
export async function createLog(implementation: string, directory: string): Promise<CustomWriteAheadLog> {
  const create = registered.get(implementation) ?? (await imported(implementation))
  return create({ directory })
}

async function imported(implementation: string): Promise<CreateWriteAheadLog> {
  const [specifier = '', name = 'default'] = implementation.split('#')
  let module: Record<string, unknown>
  try {
    module = (await import(urlOf(specifier))) as Record<string, unknown>
  } catch (cause) {
    throw noImplementation(implementation, 'it is no name that is registered, and no module that can be loaded', cause)
  }
  const create = module[name]
  if (typeof create !== 'function') throw noImplementation(implementation, `the module exports no function ${name}`)
  return create as CreateWriteAheadLog
}

/** Packages are looked for where the program runs, not where this module is. */
function urlOf(specifier: string): string {
  if (/^[.]{0,2}[/]/.test(specifier)) return pathToFileURL(resolve(specifier)).href
  if (/^[a-z]+:/.test(specifier)) return specifier
  try {
    return pathToFileURL(createRequire(`${process.cwd()}/`).resolve(specifier)).href
  } catch {
    return specifier
  }
}

const noImplementation = (implementation: string, why: string, cause?: unknown): DStreamError =>
  new DStreamError(
    'WRITE_AHEAD_LOG_CLASS',
    `The write-ahead log ${JSON.stringify(implementation)} cannot be used: ${why}`,
    {
      hint: 'Give registerWriteAheadLog that name, or let writeAheadLog.class name a module that exports a function which makes a log.',
      ...(cause === undefined ? {} : { cause }),
    },
  )

/** A framed record. */
interface Framed extends RecordHead {
  readonly payload: Uint8Array
}

/** The record in a frame, or why there is none. */
function unframed(bytes: Uint8Array): Framed | string {
  const head = decodeRecordHead(bytes, 0)
  if (head === undefined) return 'there is no record’s head, or its checksum is wrong'
  const payload = bytes.subarray(recordHeadBytes)
  if (payload.length !== head.length) return `it has ${payload.length} bytes instead of ${head.length}`
  return isPayloadOf(head, payload) ? { ...head, payload } : 'its checksum is wrong'
}

/** The payload of a record that a log gave. @throws DStreamError LOG_RECORD_UNREADABLE, PAYLOAD_NOT_OPENED */
export async function readFrom(
  log: CustomWriteAheadLog,
  { directory: file, cipher = plainPayloads }: Pick<ReadLogOptions, 'directory' | 'cipher'>,
  { own, sequence }: LogHandle,
): Promise<Uint8Array> {
  const found = unframed(await log.read(own))
  if (typeof found === 'string') throw unreadable(file, 0, found)
  if (found.sequence !== sequence) throw unreadable(file, 0, 'another record is there')
  const { payload, sealed, epoch } = found
  return openPayload(cipher, payload, { sealed, context: sealContext(epoch, sequence), file })
}

/** As readRecord, of another implementation. */
export async function readCustomRecord(
  options: Pick<ReadLogOptions, 'directory' | 'cipher' | 'implementation'>,
  handle: LogHandle,
): Promise<Uint8Array> {
  const { implementation, directory } = options
  if (implementation === undefined)
    throw unreadable(directory, 0, 'it was written by another implementation of the log')
  const log = await createLog(implementation, directory)
  try {
    return await readFrom(log, options, handle)
  } finally {
    await log.close()
  }
}

/**
 * As readLog, of another implementation. A record outdoes those from its number on that came before it: they were not acknowledged. One of an earlier epoch than another before it was written by
 * a process that had been taken over, and does not count.
 */
export async function readCustomLog(options: ReadLogOptions, visit: (record: LogRecord) => void): Promise<LogReport> {
  const { directory, implementation, after = 0, onMissing = 'stop' } = options
  const log = await createLog(implementation!, directory)
  const damages: LogDamage[] = []
  const records: Framed[] = []
  try {
    let epoch = 0
    for await (const bytes of log.readAll()) {
      const found = unframed(bytes)
      if (typeof found === 'string') damages.push({ file: directory, offset: 0, bytes: bytes.length, reason: found })
      else if (found.epoch >= epoch) {
        epoch = found.epoch
        while (records.length > 0 && records.at(-1)!.sequence >= found.sequence) records.pop()
        records.push(found)
      }
    }
  } finally {
    await log.close()
  }
  const missing = gapsIn(records, after)
  const stopAt = onMissing === 'stop' ? (missing[0]?.from ?? Infinity) : Infinity
  const given = records.filter(({ sequence }) => sequence > after && sequence < stopAt)
  const { cipher = plainPayloads } = options
  for (const { length, sequence, timeMs, epoch, sealed, payload } of given) {
    const context = sealContext(epoch, sequence)
    visit({
      handle: { file: directory, offset: 0, length, sequence, timeMs },
      payload: openPayload(cipher, payload, { sealed, context, file: directory }),
    })
  }
  const leftOut = records.filter(({ sequence }) => sequence > stopAt).length
  const nextSequence = Math.max(after, given.at(-1)?.sequence ?? 0) + 1
  const end = { ...emptyLog, nextSequence, epoch: records.at(-1)?.epoch ?? 0 }
  return { records: given.length, damages, missing, leftOut, end }
}

/** Numbers that are missing behind `after`; where nothing is known of before, behind the first record. */
function gapsIn(records: readonly Framed[], after: number): LogReport['missing'] {
  const missing: { from: number; to: number }[] = []
  let next = after > 0 ? after + 1 : (records[0]?.sequence ?? 1)
  for (const { sequence } of records) {
    if (sequence > next) missing.push({ from: next, to: sequence - 1 })
    next = Math.max(next, sequence + 1)
  }
  return missing
}
