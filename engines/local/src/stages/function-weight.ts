import type { Closure, TaskFunction } from '@dstream/core/engine'

type Entry = Closure['graph']['entries'][number]

/** About how many bytes a function takes wherever it is held: most of it is what it captured. */
export function weightOf(f: TaskFunction): number {
  if (f.kind === 'closure') return f.graph.entries.reduce((sum, entry) => sum + weightOfEntry(entry), 0)
  return f.functions.reduce((sum, part) => sum + weightOf(part), weightOfData(f.data))
}

const pointer = 8
/** An object with a few fields. */
const small = 64

function weightOfEntry(entry: Entry): number {
  switch (entry.kind) {
    case 'code':
      return small + entry.source.length
    case 'scalar':
      return small + lengthOf(entry.value)
    case 'list':
      return entry.values.reduce<number>((sum, value) => sum + pointer + lengthOf(value), small)
    case 'array':
    case 'map':
    case 'set':
      return small + pointer * entry.items.length
    case 'arraybuffer':
    case 'view':
      return small + entry.bytes.byteLength
    default:
      return small
  }
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0)

function weightOfData(data: unknown): number {
  if (ArrayBuffer.isView(data)) return small + data.byteLength
  if (Array.isArray(data)) return data.reduce<number>((sum, value) => sum + pointer + weightOfData(value), small)
  return lengthOf(data)
}
