import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { unknownCodec } from './errors.ts'

/** One of Hadoop's compression codecs. */
export interface CompressionCodec {
  /** Short name: `deflate`, `gzip`, `zstd`. */
  readonly name: string
  /** Hadoop's class, as it stands in files. */
  readonly className: string
  /** How the names of compressed files end. */
  readonly extension: string
  /** One whole stream of compressed bytes. Streams behind each other are one file (members). */
  compress(bytes: Uint8Array): Uint8Array
  /**
   * All of a compressed file or buffer, members one behind the other. Memory grows with what comes out, never with what a header claims.
   *
   * @throws what node:zlib throws: cut off, changed, more than `maxBytes`
   */
  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array
  /** The same as a stream, where node:zlib has one that goes on behind the first member. */
  readonly stream?: () => Transform
}

/** node:zlib answers with what it used when it is asked to; its types do not say so. */
interface Informed {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

/** Unlike gunzip, inflate and zstd stop behind the first stream and say nothing of the rest: so they are asked how far they came. */
function eachMember(
  bytes: Uint8Array,
  maxBytes: number,
  one: (bytes: Uint8Array, options: { info: true; maxOutputLength: number }) => unknown,
): Uint8Array {
  const parts: Buffer[] = []
  let made = 0
  for (let at = 0; at < bytes.length;) {
    const { buffer, engine } = one(bytes.subarray(at), {
      info: true,
      maxOutputLength: Math.max(1, maxBytes - made),
    }) as Informed
    parts.push(buffer)
    made += buffer.length
    if (made > maxBytes || engine.bytesWritten === 0) throw new RangeError(`it is larger than ${maxBytes} bytes`)
    at += engine.bytesWritten
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

const deflate: CompressionCodec = {
  name: 'deflate',
  className: 'org.apache.hadoop.io.compress.DefaultCodec',
  extension: '.deflate',
  compress: bytes => zlib.deflateSync(bytes),
  decompress: (bytes, maxBytes) => eachMember(bytes, maxBytes, zlib.inflateSync),
}

const gzip: CompressionCodec = {
  name: 'gzip',
  className: 'org.apache.hadoop.io.compress.GzipCodec',
  extension: '.gz',
  compress: bytes => zlib.gzipSync(bytes),
  decompress: (bytes, maxBytes) =>
    bytes.length === 0 ? bytes : zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }),
  stream: () => zlib.createGunzip(),
}

const zstd: CompressionCodec = {
  name: 'zstd',
  className: 'org.apache.hadoop.io.compress.ZStandardCodec',
  extension: '.zst',
  // With a checksum, which the others have in any case: else a changed byte is read as another one.
  compress: bytes => zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } }),
  decompress: (bytes, maxBytes) => eachMember(bytes, maxBytes, zlib.zstdDecompressSync),
}

const codecs: readonly CompressionCodec[] = [deflate, gzip, zstd]

/**
 * The codec of a name: `deflate`, `gzip`, `zstd`, or Hadoop's class with or without its package (`GzipCodec`).
 *
 * @throws DStreamError UNKNOWN_COMPRESSION_CODEC
 */
export function codecOf(name: string): CompressionCodec {
  const codec = findCodec(name)
  if (codec === undefined) throw unknownCodec(name)
  return codec
}

export function findCodec(name: string): CompressionCodec | undefined {
  if (name.endsWith('DeflateCodec')) return deflate
  return codecs.find(
    ({ name: short, className }) => name === short || className === name || className.endsWith(`.${name}`),
  )
}

/** The codec of a file by how its name ends (`.gz`, `.deflate`, `.zst`); undefined where it is not compressed. */
export const codecOfFile = (path: string): CompressionCodec | undefined =>
  codecs.find(({ extension }) => path.endsWith(extension))
