import { openPayload, plainPayloads, type PayloadCipher } from '../../storage/encryption/cipher.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { unreadable } from './log-errors.ts'
import { chainOf, emptyLog, logFiles, type ChainedFile, type LogEnd, type LogFile } from './log-files.ts'
import { readCustomLog, readCustomRecord } from './custom-log.ts'
import { decodeRecordHead, isPayloadOf, recordHeadBytes, sealContext } from './record-format.ts'
import { scanFile, type DamagedBytes, type FoundRecord } from './scan-file.ts'

/** Where a record of a log is: plain data, for other records and for tasks that read it later. */
export interface LogHandle {
  /** The name of the file in the log's directory. */
  readonly file: string
  readonly offset: number
  /** Of the payload as it is written, in bytes. */
  readonly length: number
  readonly sequence: number
  /** When it was appended, epoch ms. */
  readonly timeMs: number
  /** What another implementation of the log gave as the record's place: JSON. */
  readonly own?: unknown
}

export interface LogRecord {
  readonly handle: LogHandle
  readonly payload: Uint8Array
}

export interface LogDamage extends DamagedBytes {
  readonly file: string
}

/** What was read of a log, and what was not. */
export interface LogReport {
  readonly records: number
  /** Bytes that are no record. At the end of a file that is what a crash leaves of a write that was not acknowledged: a torn tail. */
  readonly damages: readonly LogDamage[]
  /** Numbers of records that were there once and are not: the log is not whole. `from` and `to` are both missing. */
  readonly missing: readonly { readonly from: number; readonly to: number }[]
  /** Whole records behind the first missing one that were left out, as `onMissing` is `'stop'`. */
  readonly leftOut: number
  /** Where a writer goes on who takes what was read for the log: WriteAheadLog.open. */
  readonly end: LogEnd
}

export interface ReadLogOptions {
  readonly fileSystem: FileSystem
  readonly directory: string
  readonly cipher?: PayloadCipher
  /** `…writeAheadLog.class`. Default: files. */
  readonly implementation?: string
  /**
   * What to do where records are missing in the middle. `'stop'` (the default) ends there: the records are a prefix of what was written, as a fold needs it.
   * `'skip'` goes on behind: for records that do not depend on each other, such as received blocks.
   */
  readonly onMissing?: 'stop' | 'skip'
  /** The number of the last record that is known from elsewhere, a checkpoint: those up to it are not given, nor missed. */
  readonly after?: number
}

/**
 * Reads a log from its beginning. Everything acknowledged that is still on the disk comes, each record once, in order; what is broken is
 * reported and never comes in part.
 *
 * @throws DStreamError FORMAT_TOO_NEW, PAYLOAD_NOT_OPENED, StorageError: where nothing should be cut, as the log may well be whole
 */
export async function readLog(options: ReadLogOptions, visit: (record: LogRecord) => void): Promise<LogReport> {
  if (options.implementation !== undefined) return readCustomLog(options, visit)
  const { fileSystem, directory } = options
  const { files, lost } = await logFiles(fileSystem, directory)
  const reading = new Reading(options, visit)
  for (const { name, length } of lost) {
    reading.damages.push({ file: name, offset: 0, bytes: length, reason: 'nothing in the file is readable' })
  }
  for (const chained of chainOf(files)) await reading.file(chained)
  return reading.report()
}

class Reading {
  readonly damages: LogDamage[] = []
  readonly #options: ReadLogOptions
  readonly #visit: (record: LogRecord) => void
  readonly #missing: { from: number; to: number }[] = []
  #records = 0
  #leftOut = 0
  #next: number | undefined
  #end: LogEnd

  constructor(options: ReadLogOptions, visit: (record: LogRecord) => void) {
    this.#options = options
    this.#visit = visit
    const { after } = options
    this.#next = after === undefined ? undefined : after + 1
    this.#end = { ...emptyLog, nextSequence: this.#next ?? emptyLog.nextSequence }
  }

  async file({ file, before }: ChainedFile): Promise<void> {
    // What the first file begins with: files before it were cleaned up. Where even that is broken, at least one record is missing.
    this.#next ??= file.startsWhole ? file.firstSequence : file.firstSequence - 1
    this.#expect(file.firstSequence)
    if (!this.#stopped()) this.#end = { nextSequence: this.#next, epoch: file.epoch, startMs: file.startMs }
    const reader = await this.#options.fileSystem.open(file.path)
    try {
      await scanFile(reader, {
        record: record => this.#record(file, record, before),
        // Behind the last record that counts, nothing is missed.
        damage: damage => void (this.#next! < before && this.damages.push({ file: file.name, ...damage })),
      })
    } finally {
      await reader.close()
    }
  }

  /** The record with this number is the next: those between are missing. */
  #expect(sequence: number): void {
    if (sequence > this.#next!) {
      this.#missing.push({ from: this.#next!, to: sequence - 1 })
      this.#next = sequence
    }
  }

  #record({ name: file, epoch, startMs }: LogFile, record: FoundRecord, before: number): boolean {
    const { sequence, offset, length, timeMs } = record
    if (sequence >= before) return false
    if (sequence < this.#next!) return true
    this.#expect(sequence)
    this.#next = sequence + 1
    const { cipher = plainPayloads } = this.#options
    if (this.#stopped()) {
      this.#leftOut++
      return true
    }
    const payload = opened(record, file, cipher)
    this.#records++
    this.#end = { nextSequence: sequence + 1, epoch, startMs }
    this.#visit({ handle: { file, offset, length, sequence, timeMs }, payload })
    return true
  }

  #stopped(): boolean {
    return this.#missing.length > 0 && this.#options.onMissing !== 'skip'
  }

  report(): LogReport {
    const { damages } = this
    return { records: this.#records, damages, missing: this.#missing, leftOut: this.#leftOut, end: this.#end }
  }
}

const opened = ({ payload, sealed, epoch, sequence }: FoundRecord, file: string, cipher: PayloadCipher): Uint8Array =>
  openPayload(cipher, payload, { sealed, context: sealContext(epoch, sequence), file })

/**
 * Reads one record by its handle. Needs no writer: tasks do it in their threads.
 *
 * @throws DStreamError LOG_RECORD_UNREADABLE, PAYLOAD_NOT_OPENED, StorageError
 */
export async function readRecord(
  options: Pick<ReadLogOptions, 'fileSystem' | 'directory' | 'cipher' | 'implementation'>,
  handle: LogHandle,
): Promise<Uint8Array> {
  // Whatever is used now: where there is such a handle, it was given by another implementation.
  if (handle.own !== undefined) return readCustomRecord(options, handle)
  const { file, offset, length, sequence } = handle
  const { fileSystem, directory, cipher = plainPayloads } = options
  const reader = await fileSystem.open(`${directory}/${file}`)
  try {
    if (offset + recordHeadBytes + length > reader.length) throw unreadable(file, offset, 'the file ends before')
    const bytes = await reader.read(offset, recordHeadBytes + length)
    const head = decodeRecordHead(bytes, offset)
    if (head === undefined) throw unreadable(file, offset, 'there is no record’s head, or its checksum is wrong')
    if (head.sequence !== sequence || head.length !== length) throw unreadable(file, offset, `another record is there`)
    const payload = bytes.subarray(recordHeadBytes)
    if (!isPayloadOf(head, payload)) throw unreadable(file, offset, 'its checksum is wrong') // prettier-ignore
    return opened({ ...head, offset, payload }, file, cipher)
  } finally {
    await reader.close()
  }
}
