const sampled = 100
const deepest = 8

/**
 * What records take on the heap, in bytes, about: a sample is gone through, the rest is taken to be like it. V8's sizes with pointer
 * compression off, as Node has it.
 */
export function estimateSize(records: readonly unknown[]): number {
  if (records.length === 0) return 16
  const step = Math.max(1, Math.floor(records.length / sampled))
  let size = 0
  let seen = 0
  for (let i = 0; i < records.length; i += step) {
    size += sizeOf(records[i], 0)
    seen++
  }
  return Math.ceil(16 + records.length * (8 + size / seen))
}

/** What a value takes beyond the 8 bytes of the place that holds it. */
function sizeOf(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length
    case 'number':
      return Number.isSafeInteger(value) && Math.abs(value) < 2 ** 31 ? 0 : 16
    case 'bigint':
      return 32
    case 'object':
      return value === null ? 0 : sizeOfObject(value, depth)
    default:
      return 0
  }
}

function sizeOfObject(value: object, depth: number): number {
  if (ArrayBuffer.isView(value)) return 64 + (value.buffer instanceof SharedArrayBuffer ? 0 : value.byteLength)
  if (depth === deepest) return 64
  if (Array.isArray(value)) return 32 + sizeOfAll(value, 8, depth)
  if (value instanceof Map) return 200 + sizeOfAll([...value.keys(), ...value.values()], 12, depth)
  if (value instanceof Set) return 180 + sizeOfAll([...value], 16, depth)
  return 24 + sizeOfAll(Object.values(value), 8, depth)
}

/** The first hundred stand for all: a huge array must not be gone through to learn that it is huge. */
function sizeOfAll(values: readonly unknown[], place: number, depth: number): number {
  const looked = values.slice(0, sampled)
  const size = looked.reduce<number>((sum, value) => sum + sizeOf(value, depth + 1), 0)
  return values.length * place + (looked.length === 0 ? 0 : (size * values.length) / looked.length)
}
