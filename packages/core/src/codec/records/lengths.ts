import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { corrupt } from './format.ts'

/** Lengths of strings or lists: one byte each where all fit, else four. Returns their sum, which is written too, to be checked. */
export function writeLengths(out: ByteWriter, items: readonly { readonly length: number }[]): number {
  let [longest, total] = [0, 0]
  for (let i = 0; i < items.length; i++) {
    const length = items[i]!.length
    if (length > longest) longest = length
    total += length
  }
  const wide = longest > 0xff
  out.align()
  out.reserve(16 + items.length * 4)
  out.float64(total)
  out.int32(wide ? 4 : 1)
  if (wide) for (let i = 0; i < items.length; i++) out.int32(items[i]!.length)
  else for (let i = 0; i < items.length; i++) out.bytes[out.at++] = items[i]!.length
  return total
}

/** The lengths that writeLengths wrote, and their sum. */
export function readLengths(input: ByteReader, count: number): { lengths: Uint8Array | Uint32Array; total: number } {
  input.align()
  const total = input.float64()
  const width = input.uint32()
  if (width !== 1 && width !== 4) throw corrupt(`lengths of ${width} bytes`)
  const lengths = width === 1 ? input.uint8s(count) : input.uint32s(count)
  let sum = 0
  for (let i = 0; i < count; i++) sum += lengths[i]!
  if (sum !== total) throw corrupt(`lengths add up to ${sum} instead of ${total}`)
  return { lengths, total }
}
