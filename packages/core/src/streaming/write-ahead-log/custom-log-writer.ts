import { plainPayloads } from '../../storage/encryption/cipher.ts'
import { createLog, readCustomLog, readFrom, type CustomWriteAheadLog } from './custom-log.ts'
import type { Pending, RecordWriter, RecordWriterOptions } from './record-writer.ts'
import type { LogHandle } from './read-log.ts'
import { encodeRecord, payloadChecksum, recordHeadBytes, sealContext } from './record-format.ts'

/** Writes the records of a log through another implementation: frames, seals and numbers them, and holds them against the fence. */
export class CustomLogWriter implements RecordWriter {
  readonly #options: RecordWriterOptions
  readonly #log: CustomWriteAheadLog
  #next: number
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(options: RecordWriterOptions, log: CustomWriteAheadLog, next: number) {
    this.#options = options
    this.#log = log
    this.#next = next
  }

  /** @throws DStreamError WRITE_AHEAD_LOG_CLASS */
  static async open(options: RecordWriterOptions): Promise<CustomLogWriter> {
    const { directory, implementation } = options
    const end = options.end ?? (await readCustomLog(options, () => {})).end
    return new CustomLogWriter(options, await createLog(implementation!, directory), end.nextSequence)
  }

  async begin(): Promise<void> {}

  async write(group: readonly Pending[]): Promise<LogHandle[]> {
    const { fence } = this.#options
    return this.#inTurn(async () => {
      // The log itself does not know who may write.
      await fence.check()
      const handles: LogHandle[] = []
      for (const pending of group) handles.push(await this.#writeOne(pending, this.#next + handles.length))
      await fence.check()
      this.#next += group.length
      return handles
    })
  }

  async #writeOne({ record, timeMs, crc }: Pending, sequence: number): Promise<LogHandle> {
    const { fence, directory, cipher = plainPayloads } = this.#options
    const payload = cipher.seal(record, sealContext(fence.epoch, sequence))
    const bytes = new Uint8Array(recordHeadBytes + payload.length)
    const sealed = cipher.overheadBytes > 0
    encodeRecord(bytes, 0, 0, { sequence, timeMs, epoch: fence.epoch, sealed, payloadCrc: crc ?? payloadChecksum(payload) }, payload) // prettier-ignore
    const own = await this.#log.write(bytes, timeMs)
    return { file: directory, offset: 0, length: payload.length, sequence, timeMs, own }
  }

  read(handle: LogHandle): Promise<Uint8Array> {
    return readFrom(this.#log, this.#options, handle)
  }

  /** What is written is safe: the implementation says so. */
  async sync(): Promise<void> {
    await this.#turn
  }

  async clean(thresholdMs: number): Promise<number> {
    const { fence, logger, directory } = this.#options
    await fence.check()
    try {
      await this.#log.clean(thresholdMs)
    } catch (error) {
      logger.warn(`Old records of the write ahead log ${directory} are left for later`, error)
    }
    return 0
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#log.close())
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action)
    this.#turn = result.catch(() => undefined)
    return result
  }
}
