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

/**
 * CRC-32C (Castagnoli) of bytes: the checksum of logs and checkpoints, an unsigned 32-bit number.
 * Eight bytes a step through eight tables (Kounavis and Berry, "Slicing by 8"); reads shared memory in place. Cost: some 1 ns a byte or less.
 *
 * @param previous the checksum of the bytes before these, to go on from
 * @example
 * crc32c(Buffer.from('123456789')) // => 0xe3069283
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const t = tables
  let crc = ~previous
  let at = 0
  for (const end = bytes.length - 7; at < end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc =
      t[0x700 + (crc & 0xff)]! ^
      t[0x600 + ((crc >>> 8) & 0xff)]! ^
      t[0x500 + ((crc >>> 16) & 0xff)]! ^
      t[0x400 + (crc >>> 24)]! ^
      t[0x300 + bytes[at + 4]!]! ^
      t[0x200 + bytes[at + 5]!]! ^
      t[0x100 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!
  }
  for (; at < bytes.length; at++) crc = t[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}
