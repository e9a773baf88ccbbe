/** Castagnoli's polynomial, its bits reversed. */
const polynomial = 0x82f63b78

/** Table k at [k * 256 + byte]: the checksum of that byte followed by k zero bytes. */
const tables = makeTables()

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    made[byte] = crc
  }
  for (let i = 256; i < made.length; i++) made[i] = (made[i - 256]! >>> 8) ^ made[made[i - 256]! & 0xff]!
  return made
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * CRC-32C (Castagnoli) of bytes: the checksum of logs and checkpoints, an unsigned 32-bit number.
 * Two words a step through eight tables (Kounavis and Berry, "Slicing by 8"); reads shared memory in place. Cost: some 0.5 ns a byte.
 *
 * @param previous the checksum of the bytes before these, to go on from
 * @example
 * crc32c(Buffer.from('123456789')) // => 0xe3069283
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  if (!littleEndian || bytes.length < 16) return ~byByte(~previous, bytes, 0, bytes.length) >>> 0
  // Words are read at multiples of their size.
  const start = -bytes.byteOffset & 3
  const end = start + ((bytes.length - start) & ~7)
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, (end - start) >> 2)
  const crc = byWord(byByte(~previous, bytes, 0, start), words)
  return ~byByte(crc, bytes, end, bytes.length) >>> 0
}

function byByte(crc: number, bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) crc = tables[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8)
  return crc
}

function byWord(crc: number, words: Int32Array): number {
  const t = tables
  for (let at = 0; at < words.length; at += 2) {
    const a = crc ^ words[at]!
    const b = words[at + 1]!
    crc =
      t[0x700 + (a & 0xff)]! ^
      t[0x600 + ((a >>> 8) & 0xff)]! ^
      t[0x500 + ((a >>> 16) & 0xff)]! ^
      t[0x400 + (a >>> 24)]! ^
      t[0x300 + (b & 0xff)]! ^
      t[0x200 + ((b >>> 8) & 0xff)]! ^
      t[0x100 + ((b >>> 16) & 0xff)]! ^
      t[b >>> 24]!
  }
  return crc
}
