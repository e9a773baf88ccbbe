import { hash } from 'node:crypto'
import { eachRef, withRefs, type CodeEntry, type Entry, type Ref } from './format.ts'

/** A short hash of a text: 20 hexadecimal digits of SHA-1. */
export function hashOf(text: string): string {
  return hash('sha1', text).slice(0, 20)
}

/** The id of a piece of code: all that decides what it does, not where it stands. */
export function codeIdOf(code: Omit<CodeEntry, 'kind' | 'id'>): string {
  const { form, strict, name, params, uses, source } = code
  return hashOf(`${form}|${strict}|${name}|${params.join()}|${uses}|${source}`)
}

/** The id of a whole table: equal tables, equal ids. */
export function graphIdOf(entries: readonly Entry[], root: Ref): string {
  return hashOf(`${root}\n${entries.map(textOf).join('\n')}`)
}

/** The id of a class: of it and all that it reaches, whatever table it stands in. */
export function classIdOf(entries: readonly Entry[], index: Ref): string {
  const order: Ref[] = [index]
  const local = new Map<Ref, number>([[index, 0]])
  for (let i = 0; i < order.length; i++) {
    eachRef(entries[order[i] as number] as Entry, ref => {
      if (local.has(ref)) return
      local.set(ref, order.length)
      order.push(ref)
    })
  }
  const anonymous = (entry: Entry): Entry => (entry.kind === 'class' ? { ...entry, id: '' } : entry)
  return hashOf(
    order.map(ref => textOf(withRefs(anonymous(entries[ref] as Entry), r => local.get(r) as number))).join('\n'),
  )
}

function textOf(entry: Entry): string {
  switch (entry.kind) {
    case 'code':
      return entry.id
    case 'arraybuffer':
    case 'view':
      return `${entry.kind}|${'type' in entry ? entry.type : ''}|${hash('sha1', entry.bytes)}`
    case 'shared':
      return `shared|${entry.id}`
    default:
      return JSON.stringify(entry)
  }
}
