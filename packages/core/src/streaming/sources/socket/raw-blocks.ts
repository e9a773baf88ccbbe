import { decodeRecords, encodeRecords } from '../../../codec/index.ts'
import { DStreamError } from '../../../errors/dstream-error.ts'

const lengthBytes = 4

/**
 * Records as the bytes that `ssc.rawSocketStream` takes: the length of what follows (4 bytes, big-endian), then the records as this project encodes them.
 * A server sends one such block after the other.
 *
 * @throws DStreamError RECORD_NOT_ENCODABLE
 * @example
 * rawBlock(['a line']).length > 4 // => true
 */
export function rawBlock(records: readonly unknown[]): Uint8Array {
  const content = encodeRecords(records)
  const block = Buffer.allocUnsafe(lengthBytes + content.length)
  block.writeUInt32BE(content.length)
  block.set(content, lengthBytes)
  return block
}

/** The records of blocks that come in chunks cut anywhere. What is left of a block when the connection ends is an error. */
export async function* recordsOfRawBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  let held: Buffer = Buffer.alloc(0)
  const waiting: Uint8Array[] = []
  let waitingBytes = 0
  let wanted = lengthBytes
  for await (const chunk of chunks) {
    waiting.push(chunk)
    waitingBytes += chunk.length
    if (held.length + waitingBytes < wanted) continue
    held = Buffer.concat([held, ...waiting.splice(0)])
    waitingBytes = 0
    for (;;) {
      wanted = lengthBytes + (held.length < lengthBytes ? 0 : held.readUInt32BE())
      if (held.length < lengthBytes || held.length < wanted) break
      yield* decodeRecords(held.subarray(lengthBytes, wanted))
      held = held.subarray(wanted)
    }
  }
  if (held.length + waitingBytes === 0) return
  throw new DStreamError(
    'RAW_BLOCK_CUT',
    `The connection ended inside of a block, of which ${wanted} bytes were expected`,
    {
      hint: 'The server sends blocks as rawBlock(records) makes them.',
    },
  )
}
