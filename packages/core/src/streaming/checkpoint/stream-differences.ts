import type { TaskFunction } from '../../closures/index.ts'
import type { Entry } from '../../closures/format.ts'
import { graphIdOf } from '../../closures/identity.ts'
import { samePartitioner } from '../../rdd/partitioners/same-partitioner.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { StreamContent } from './schema/index.ts'

/** Why what was held means nothing to the stream as it is now. */
export function whyUnusable({ detail, slideMs }: StreamContent, node: StreamNode): string | undefined {
  if (detail.kind !== node.kind) return `it was a stream of kind ${detail.kind} and is one of kind ${node.kind}`
  if (slideMs !== node.slideMs) return `its slide was ${slideMs} ms and is ${node.slideMs} ms`
  if (detail.kind === 'reducedWindow' && node.kind === 'reducedWindow' && detail.windowMs !== node.windowMs)
    return `its window was ${detail.windowMs} ms and is ${node.windowMs} ms`
  return undefined
}

/** What differs and does not matter to what is held. */
export function differencesOf({ detail }: StreamContent, node: StreamNode): string[] {
  const differences: string[] = []
  if (detail.kind === 'state' && node.kind === 'state') {
    const [was, is] = [detail.update.mode, node.update.mode].map(mode => mode === 'touchedKeys')
    if (was !== is) differences.push(was ? 'it was a mapWithState' : 'it was an updateStateByKey')
    else if (identityOf(detail.update.f) !== identityOf(node.update.f)) differences.push('another update function')
    if (detail.timeoutMs !== node.timeoutMs)
      differences.push(`timeout ${detail.timeoutMs ?? 'none'}, now ${node.timeoutMs ?? 'none'} (ms)`)
  }
  if (detail.kind === 'reducedWindow' && node.kind === 'reducedWindow') {
    const functions = (['merge', 'subtract'] as const).filter(
      name => identityOf(detail[name]) !== identityOf(node[name]),
    )
    differences.push(...functions.map(name => `another ${name} function`))
  }
  if ('partitioner' in detail && 'partitioner' in node && !samePartitioner(detail.partitioner, node.partitioner)) {
    const [was, is] = [detail.partitioner.numPartitions, node.partitioner.numPartitions]
    differences.push(was === is ? 'another partitioner' : `${was} partitions, now ${is}`)
  }
  return differences
}

/** What two functions that do the same have in common, also when they are of different runs and stand in different files. */
export const identityOf = (f: TaskFunction): string =>
  f.kind === 'closure'
    ? graphIdOf(withoutRun(f.graph.entries).map(withoutPlace), f.graph.root)
    : `${f.name}(${f.functions.map(identityOf).join(',')})${JSON.stringify(f.data)}`

/** Accumulators and broadcast variables are named by their run and a number: here by the number alone. */
function withoutRun(entries: readonly Entry[]): Entry[] {
  const keys = new Set(
    entries.flatMap(entry => (entry.kind === 'handle' && ofOneRun.has(entry.name) ? entry.data.slice(0, 1) : [])),
  )
  return entries.map((entry, ref) =>
    keys.has(ref) && entry.kind === 'scalar' ? { ...entry, value: String(entry.value).replace(/^.*\//, '') } : entry,
  )
}

/** The file that imports is a place; the id of a class is made of all that the class reaches, files that import among it, and says nothing more. */
function withoutPlace(entry: Entry): Entry {
  if (entry.kind === 'import') return { ...entry, from: '' }
  return entry.kind === 'class' ? { ...entry, id: '' } : entry
}

const ofOneRun = new Set(['accumulator', 'broadcast'])
