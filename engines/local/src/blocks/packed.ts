import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { sharedBytes } from '@dstream/core/engine'

/** The first byte of compressed bytes. Encoded records begin with their version, a small number. */
const packedMark = 0xc5
/** After the mark: 3 bytes zero, the length before compression (u32, little-endian). */
const headerBytes = 8

/** The bytes compressed by Zstandard, in shared memory; as they are where that saves nothing. */
export function packed(bytes: Uint8Array<SharedArrayBuffer>): Uint8Array<SharedArrayBuffer> {
  const content = zstdCompressSync(bytes)
  if (content.length + headerBytes >= bytes.length) return bytes
  const made = sharedBytes(headerBytes + content.length)
  made[0] = packedMark
  new DataView(made.buffer).setUint32(4, bytes.length, true)
  made.set(content, headerBytes)
  return made
}

/** The bytes as they were before `packed`, at a multiple of 8 of their memory. */
export function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== packedMark) return bytes
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true)
  const content = zstdDecompressSync(bytes.subarray(headerBytes), { maxOutputLength: Math.max(1, length) })
  if (content.length !== length)
    throw new Error(`compressed bytes hold ${content.length} bytes, not ${length} as they say`)
  return content.byteOffset % 8 === 0 ? content : new Uint8Array(content)
}
