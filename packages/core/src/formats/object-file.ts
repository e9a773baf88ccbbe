import { decodeRecords, encodeRecords } from '../codec/index.ts'
import { DStreamError } from '../errors/dstream-error.ts'
import type { ReadSteps } from './read-steps.ts'
import type { SequenceFileHeader } from './sequence-file/header.ts'
import { sequenceSteps, type SequenceSplit } from './sequence-file/read-sequence-file.ts'
import { SequenceFileWriter, type SequenceWriteOptions } from './sequence-file/writer.ts'

/** An object file says in its metadata what its values are. */
const marker = 'dstream.records'
const markerVersion = '1'

const smallestChunk = 16
const largestChunk = 4096
/** A chunk that came out smaller lets the next one hold more records, one of 16 times the size fewer. */
const chunkBytes = 64 * 1024

/** How object files are written: as any SequenceFile, whose classes are given. */
export type ObjectFileOptions = Omit<SequenceWriteOptions, 'keyClass' | 'valueClass' | 'metadata' | 'writables'>

/**
 * Writes records of any kind as an object file: a SequenceFile of NullWritable and BytesWritable, each value some records as `encodeRecords` writes them
 * (Spark has Java's serialization there, ten records a value, which only a JVM can read; so neither side reads the other's object files).
 *
 * @throws DStreamError RECORD_NOT_ENCODABLE, CLASS_NOT_REGISTERED when a chunk of records is encoded
 * @see RDD.saveAsObjectFile
 */
export class ObjectFileWriter {
  readonly #file: SequenceFileWriter
  #chunk: unknown[] = []
  #chunkRecords = smallestChunk

  constructor(options: ObjectFileOptions = {}) {
    this.#file = new SequenceFileWriter({
      ...options,
      keyClass: 'NullWritable',
      valueClass: 'BytesWritable',
      metadata: new Map([[marker, markerVersion]]),
    })
  }

  append(record: unknown): void {
    this.#chunk.push(record)
    if (this.#chunk.length >= this.#chunkRecords) this.#endChunk()
  }

  get pending(): number {
    return this.#file.pending
  }

  take(): Uint8Array {
    return this.#file.take()
  }

  finish(): Uint8Array {
    if (this.#chunk.length > 0) this.#endChunk()
    return this.#file.finish()
  }

  #endChunk(): void {
    const bytes = encodeRecords(this.#chunk)
    this.#file.append(null, bytes)
    this.#chunk = []
    if (bytes.length < chunkBytes) this.#chunkRecords = Math.min(largestChunk, this.#chunkRecords * 2)
    else if (bytes.length > 16 * chunkBytes) this.#chunkRecords = Math.max(1, this.#chunkRecords >> 1)
  }
}

/**
 * The reading of a split of an object file, as steps.
 *
 * @throws DStreamError NOT_AN_OBJECT_FILE for another SequenceFile, one with Java's serialization too; CORRUPT_SEQUENCE_FILE, CORRUPT_RECORDS
 */
export function* objectFileSteps(split: SequenceSplit, maxBytes?: number): ReadSteps<unknown> {
  const options = maxBytes === undefined ? {} : { maxBytes }
  const pairs = sequenceSteps(split, options, header => checkHeader(split.path, header))
  for (let step = pairs.next(new Uint8Array(0)); !step.done;) {
    const { value } = step
    if (value.kind === 'read') {
      step = pairs.next(yield value)
      continue
    }
    for (const [, bytes] of value.records) yield { kind: 'records', records: decodeRecords(bytes as Uint8Array) }
    step = pairs.next(new Uint8Array(0))
  }
}

function checkHeader(path: string, header: SequenceFileHeader): void {
  const version = header.metadata.get(marker)
  if (version === markerVersion) return
  if (version !== undefined)
    throw notAnObjectFile(
      path,
      `its records are of version ${version}`,
      'Read it with the version of dstream that wrote it, or a newer one.',
    )
  if (header.keyClass.endsWith('.NullWritable') && header.valueClass.endsWith('.BytesWritable')) {
    throw notAnObjectFile(
      path,
      "its values are bytes of another writer, such as the Java serialization of Spark's saveAsObjectFile",
      'Java serialization is readable in a JVM only: let Spark write it with saveAsSequenceFile or as text; sequenceFile() gives the bytes as they are.',
    )
  }
  throw notAnObjectFile(path, `it holds ${header.keyClass} and ${header.valueClass}`, 'Read it with sequenceFile().')
}

const notAnObjectFile = (path: string, what: string, hint: string): DStreamError =>
  new DStreamError('NOT_AN_OBJECT_FILE', `${path} is no object file of dstream: ${what}`, { hint })
