import { DStreamError } from '../../errors/dstream-error.ts'
import { classRegistry, type ClassRegistry } from '../classes.ts'
import { ByteReader } from './byte-reader.ts'
import { columnTag, corrupt, headerBytes, headerCheck, version } from './format.ts'
import { readColumn, readHead } from './read-column.ts'

/** How records are decoded. */
export interface DecodeOptions {
  /** Finds the classes of instances; this thread's registry by default. */
  readonly classes?: ClassRegistry
}

/**
 * The records of a block that encodeRecords or encodePairs made.
 *
 * Every length is checked before memory is taken for it. Bytes that were changed give an error or other records of about that size, never a crash: who
 * stores blocks where bits rot adds a checksum (crc32c).
 *
 * @throws DStreamError CORRUPT_RECORDS, CLASS_NOT_FOUND
 */
export function decodeRecords(bytes: Uint8Array, options: DecodeOptions = {}): unknown[] {
  return decodeBlock(bytes, options, readColumn)
}

/**
 * The pairs of a block as two columns, without making an array for each pair.
 *
 * @throws DStreamError CORRUPT_RECORDS, CLASS_NOT_FOUND; NOT_PAIRS where a record is not an array of two
 */
export function decodePairs(bytes: Uint8Array, options: DecodeOptions = {}): { keys: unknown[]; values: unknown[] } {
  return decodeBlock(bytes, options, (input, count, registry) => {
    const start = input.at
    const head = readHead(input)
    if (head.tag === columnTag.tuple && head.own === 2) {
      const keys = readColumn(input, count, registry, 1)
      return { keys, values: readColumn(input, count, registry, 1) }
    }
    input.at = start
    return split(readColumn(input, count, registry))
  })
}

/** The number of records in a block, from its header alone. @throws DStreamError CORRUPT_RECORDS */
export const recordCount = (bytes: Uint8Array): number => readHeader(new ByteReader(bytes))

function split(records: readonly unknown[]): { keys: unknown[]; values: unknown[] } {
  for (const record of records) {
    if (Array.isArray(record) && record.length === 2) continue
    throw new DStreamError('NOT_PAIRS', 'The block holds records that are no pairs', {
      hint: 'Read it with decodeRecords.',
    })
  }
  const pairs = records as readonly [unknown, unknown][]
  return { keys: pairs.map(pair => pair[0]), values: pairs.map(pair => pair[1]) }
}

function decodeBlock<T>(
  bytes: Uint8Array,
  options: DecodeOptions,
  read: (input: ByteReader, count: number, registry: ClassRegistry) => T,
): T {
  // Views of numbers need their place in memory; a block inside another buffer may have to be moved.
  const input = new ByteReader(bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes))
  try {
    return read(input, readHeader(input), options.classes ?? classRegistry())
  } catch (error) {
    if (error instanceof DStreamError) throw error
    throw corrupt(error instanceof Error ? error.message : String(error), error)
  }
}

function readHeader(input: ByteReader): number {
  if (input.left < headerBytes) throw corrupt(`${input.left} bytes are shorter than a header`)
  const found = input.uint32()
  const length = input.uint32()
  const count = input.uint32()
  if (found !== version) throw corrupt(`version ${found & 0xff} is not known (this one reads ${version})`)
  if (length !== input.bytes.length) throw corrupt(`${input.bytes.length} bytes of ${length}`)
  if (input.uint32() !== headerCheck(length, count)) throw corrupt('the header does not fit its check')
  return count
}
