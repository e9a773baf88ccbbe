import { outputs, windowBatches, type RawRecord, type Totals } from './program-settings.ts'
import type { BatchOutput, BlockRecord, RoundRecord } from './round-record.ts'
import type { FileRecord, SourceRecord } from './source.ts'

/** What the source gave in a round, and how the round ended. */
export interface Given {
  readonly log: readonly SourceRecord[]
  readonly files: readonly FileRecord[]
  readonly acknowledged: number
  readonly batchMs: number
  /** The last batch that counts: one that was completed, and all before it. */
  readonly lastMs: number
}

/** What is found in a round that holds. */
export interface Finding {
  /** What is wrong, the first difference first; empty when all holds. */
  readonly wrong: readonly string[]
  readonly batches: number
  /** Records of the receiver that came more than once: they were stored, and not acknowledged when the process died. */
  readonly redelivered: number
}

type Pair = readonly [count: number, sum: number]

/**
 * Says whether the output of a round is what it has to be, from the log of the source alone and from which records the program says were in which batch. It shares no code with
 * the operators: everything is computed by loops over records.
 */
export function judge(record: RoundRecord, given: Given): Finding {
  const wrong: string[] = record.differences.map(name => `${name} was written again with another content`)
  const times = batchTimes(record, given, wrong)
  const batches = times.map(timeMs => record.batches.get(timeMs)!)
  const raw = batches.map(batch => recordsOf(batch, 'raw') as RawRecord[])
  const redelivered = judgeInput(times, raw, record, given, wrong)
  judgeResults(times, batches, raw, wrong)
  judgeEnd(recordsOf(batches.at(-1), 'state') as [string, Totals][], given, wrong)
  return { wrong, batches: times.length, redelivered }
}

const recordsOf = (batch: BatchOutput | undefined, output: string): unknown[] =>
  [...(batch?.partitions.get(output) ?? [])].sort(([a], [b]) => a - b).flatMap(([, records]) => [...records])

/** Batch times are multiples of the interval, none is missing, and of each everything was put out. */
function batchTimes({ batches }: RoundRecord, { batchMs, lastMs }: Given, wrong: string[]): number[] {
  const found = [...batches.keys()].filter(timeMs => timeMs <= lastMs)
  const [firstMs = lastMs] = found
  for (const timeMs of found) if (timeMs % batchMs !== 0) wrong.push(`batch ${timeMs}: no multiple of ${batchMs} ms`)
  const due: number[] = []
  for (let timeMs = firstMs; timeMs <= lastMs; timeMs += batchMs) due.push(timeMs)
  for (const timeMs of due)
    for (const output of outputs) {
      const numPartitions = batches.get(timeMs)?.whole.get(output)
      const there = batches.get(timeMs)?.partitions.get(output)?.size ?? 0
      if (numPartitions === undefined) wrong.push(`batch ${timeMs}: ${output} was not put out`)
      else if (there !== numPartitions)
        wrong.push(`batch ${timeMs}: ${output} has ${there} of ${numPartitions} partitions`)
    }
  return due.filter(timeMs => batches.has(timeMs))
}

/** Each record of a file once; each acknowledged one at least once; each stored block as a whole in one batch. */
function judgeInput(
  times: readonly number[],
  raw: readonly (readonly RawRecord[])[],
  { blocks }: RoundRecord,
  given: Given,
  wrong: string[],
): number {
  const source = new Map(given.log.map(([offset, key, value]) => [`r${offset}`, `${key} ${value}`]))
  for (const { id, key, value } of given.files) source.set(id, `${key} ${value}`)
  const seen = new Map<string, number>()
  const ofBlock = new Map<string, { readonly batches: Set<number>; readonly ids: string[] }>()
  raw.forEach((records, i) => {
    for (const [key, [id, value, from]] of records) {
      if (source.get(id) !== `${key} ${value}`) wrong.push(`batch ${times[i]}: ${key} ${id} ${value} was never given`)
      seen.set(id, (seen.get(id) ?? 0) + 1)
      if (from === 'file') continue
      const block = ofBlock.get(from) ?? { batches: new Set<number>(), ids: [] }
      block.batches.add(times[i]!)
      block.ids.push(id)
      ofBlock.set(from, block)
    }
  })
  for (const { id } of given.files)
    if (seen.get(id) !== 1) wrong.push(`${id} of a file is there ${seen.get(id) ?? 0} times`)
  if (given.acknowledged !== given.log.length)
    wrong.push(`${given.acknowledged} of ${given.log.length} records were acknowledged at the end`)
  for (let offset = 0; offset < given.acknowledged; offset++)
    if (!seen.has(`r${offset}`)) wrong.push(`r${offset} was acknowledged and is in no batch`)
  judgeBlocks(blocks, ofBlock, wrong)
  return [...seen.values()].reduce((sum, count) => sum + count - 1, 0)
}

function judgeBlocks(
  blocks: ReadonlyMap<string, BlockRecord>,
  found: ReadonlyMap<string, { readonly batches: ReadonlySet<number>; readonly ids: readonly string[] }>,
  wrong: string[],
): void {
  for (const [name, { first, last, stored }] of blocks) {
    const block = found.get(name)
    if (block === undefined) {
      if (stored) wrong.push(`block ${name} (r${first} to r${last}) was stored and is in no batch`)
      continue
    }
    const ids = Array.from({ length: last - first + 1 }, (_, i) => `r${first + i}`)
    if (block.batches.size !== 1) wrong.push(`block ${name} is in the batches ${[...block.batches].join(', ')}`)
    if (block.ids.join() !== ids.join()) wrong.push(`block ${name} has ${block.ids.join()} instead of ${ids.join()}`)
  }
  for (const name of found.keys()) if (!blocks.has(name)) wrong.push(`block ${name} was never received`)
}

/** Folds the records batch by batch, and compares what each output says of each batch. */
function judgeResults(
  times: readonly number[],
  batches: readonly BatchOutput[],
  raw: readonly (readonly RawRecord[])[],
  wrong: string[],
): void {
  const totals = new Map<string, Pair>()
  const distinct = new Map<string, { readonly ids: Set<string>; sum: number }>()
  raw.forEach((records, i) => {
    const at = (output: string): unknown[] => recordsOf(batches[i], output)
    const differ = (output: string, is: string, expected: string): void => {
      if (is !== expected) wrong.push(`batch ${times[i]}: ${output} is ${is} and should be ${expected}`)
    }
    const before = new Map(totals)
    for (const record of records) {
      addTo(totals, record)
      const [key, [id, value]] = record
      const ofKey = distinct.get(key) ?? { ids: new Set(), sum: 0 }
      distinct.set(key, ofKey)
      if (!ofKey.ids.has(id)) ofKey.sum += value
      ofKey.ids.add(id)
    }
    const folded = [...totals].map(([key, pair]) => {
      const { ids, sum } = distinct.get(key)!
      return [key, [...pair, ids.size, sum]] as const
    })
    differ('state', byKey(at('state') as [string, Totals][]), byKey(folded))
    differ('snapshots', byKey(at('snapshots') as [string, Pair][]), byKey([...totals]))
    const window = raw.slice(Math.max(0, i - windowBatches + 1), i + 1).flat()
    differ('window', byKey(at('window') as [string, Pair][]), byKey([...sumsOf(window)]))
    differ('joined', byKey(at('joined') as [string, unknown][]), byKey(joined(records)))
    differ('running', ...runningOf(at('running') as Running[], records, before))
  })
}

type Running = readonly [key: string, id: string, count: number, sum: number]

/** What ran through the state in the order in which it says it did, and what the records of the batch make of that order. */
function runningOf(
  running: readonly Running[],
  records: readonly RawRecord[],
  before: ReadonlyMap<string, Pair>,
): [is: string, expected: string] {
  const rest = new Map<string, number[]>()
  for (const [key, [id, value]] of records) rest.set(`${key} ${id}`, [...(rest.get(`${key} ${id}`) ?? []), value])
  const totals = new Map(before)
  const inOrder = running.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[2] - b[2]))
  const expected = inOrder.map(([key, id]): Running => {
    const value = rest.get(`${key} ${id}`)?.pop() ?? NaN
    addTo(totals, [key, [id, value, '']])
    return [key, id, ...totals.get(key)!]
  })
  const left = [...rest].filter(([, values]) => values.length > 0).map(([record]) => record)
  return [JSON.stringify(inOrder), JSON.stringify([...expected, ...left])]
}

function joined(records: readonly RawRecord[]): [string, unknown][] {
  const received = sumsOf(records.filter(([, [, , from]]) => from !== 'file'))
  const ofFiles = sumsOf(records.filter(([, [, , from]]) => from === 'file'))
  return [...received].flatMap(([key, pair]) => (ofFiles.has(key) ? [[key, [pair, ofFiles.get(key)]]] : []))
}

/** At the end the state without what came twice is the fold of everything that the source gave. */
function judgeEnd(states: readonly [string, Totals][], { log, files }: Given, wrong: string[]): void {
  const all = [
    ...log.map(([offset, key, value]): RawRecord => [key, [`r${offset}`, value, '']]),
    ...files.map(({ id, key, value }): RawRecord => [key, [id, value, 'file']]),
  ]
  const is = byKey(states.map(([key, [, , ids, distinctSum]]) => [key, [ids, distinctSum]]))
  const expected = byKey([...sumsOf(all)])
  if (is !== expected) wrong.push(`the state at the end is ${is}, and the fold of the source ${expected}`)
}

function sumsOf(records: readonly RawRecord[]): Map<string, Pair> {
  const sums = new Map<string, Pair>()
  for (const record of records) addTo(sums, record)
  return sums
}

function addTo(sums: Map<string, Pair>, [key, [, value]]: RawRecord): void {
  const [count, sum] = sums.get(key) ?? [0, 0]
  sums.set(key, [count + 1, sum + value])
}

const byKey = (pairs: readonly (readonly [string, unknown])[]): string =>
  JSON.stringify(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)))
