import type { SparkContext } from 'dstream'
import { field, type NodeSpec, type RddProgram } from '../cases.ts'
import { Unsupported, call, known } from '../unsupported.ts'
import { decode, decodeAll, type Json } from '../values.ts'
import {
  combiners,
  filterFunctions,
  flatMapFunctions,
  mapFunctions,
  partitionFunctions,
  reduceFunctions,
} from '../vocabulary/index.ts'

/** What one node of an RDD program is built from. */
interface Building {
  readonly node: NodeSpec
  readonly parents: readonly unknown[]
  readonly sc: SparkContext
  /** The time of the batch, inside `transform`. */
  readonly timeMs: number | undefined
}

type Build = (building: Building) => unknown

const one = (b: Building): unknown => b.parents[0]
const plain =
  (method: string): Build =>
  b =>
    call(one(b), method)
const withOther =
  (method: string): Build =>
  b =>
    call(one(b), method, b.parents[1], b.node.numPartitions)
const withPartitions =
  (method: string): Build =>
  b =>
    call(one(b), method, b.node.numPartitions)
const withFunction = (method: string, table: Readonly<Record<string, unknown>>): Build => {
  return b => call(one(b), method, named(table, b.node.fn), b.node.numPartitions)
}

const builders: Readonly<Record<string, Build>> = {
  parallelize: b => call(b.sc, 'parallelize', decodeAll(field(b.node.data, 'data')), b.node.slices),
  emptyRDD: b => call(b.sc, 'emptyRDD'),
  range: b => call(b.sc, 'range', b.node.start, b.node.end, b.node.step, b.node.slices),
  map: withFunction('map', mapFunctions),
  flatMap: withFunction('flatMap', flatMapFunctions),
  filter: withFunction('filter', filterFunctions),
  mapPartitions: withFunction('mapPartitions', partitionFunctions),
  mapValues: withFunction('mapValues', mapFunctions),
  flatMapValues: withFunction('flatMapValues', flatMapFunctions),
  keyBy: withFunction('keyBy', mapFunctions),
  groupBy: withFunction('groupBy', mapFunctions),
  reduceByKey: withFunction('reduceByKey', reduceFunctions),
  glom: plain('glom'),
  zipWithIndex: plain('zipWithIndex'),
  keys: plain('keys'),
  values: plain('values'),
  distinct: withPartitions('distinct'),
  coalesce: withPartitions('coalesce'),
  repartition: withPartitions('repartition'),
  groupByKey: withPartitions('groupByKey'),
  union: withOther('union'),
  subtract: withOther('subtract'),
  subtractByKey: withOther('subtractByKey'),
  intersection: withOther('intersection'),
  cartesian: withOther('cartesian'),
  zip: withOther('zip'),
  join: withOther('join'),
  leftOuterJoin: withOther('leftOuterJoin'),
  rightOuterJoin: withOther('rightOuterJoin'),
  fullOuterJoin: withOther('fullOuterJoin'),
  cogroup: withOther('cogroup'),
  cogroup3: b => call(one(b), 'cogroup', b.parents[1], b.parents[2]),
  sortBy: b => call(one(b), 'sortBy', named(mapFunctions, b.node.fn), b.node.ascending ?? true, b.node.numPartitions),
  sortByKey: b => call(one(b), 'sortByKey', b.node.ascending ?? true, b.node.numPartitions),
  foldByKey: b => call(one(b), 'foldByKey', zero(b), named(reduceFunctions, b.node.fn)),
  aggregateByKey: b =>
    call(
      one(b),
      'aggregateByKey',
      zero(b),
      named(reduceFunctions, b.node.seqFn),
      named(reduceFunctions, b.node.combFn),
    ),
  combineByKey: b => call(one(b), 'combineByKey', ...known(combiners, b.node.combiner ?? b.node.fn ?? '', 'combiner')),
  tagPartition: b => call(one(b), 'mapPartitionsWithIndex', tagWithIndex),
  tagTime: tagWithTime,
  dataset: latestDataset,
}

const zero = (b: Building): unknown => decode(field(b.node.zero, 'zero'))

function named(table: Readonly<Record<string, unknown>>, name: string | undefined): unknown {
  return known(table, field(name, 'fn'), 'function')
}

const tagWithIndex = (index: number, elements: Iterable<unknown>) => Array.from(elements, x => [index, x])

function tagWithTime(b: Building): unknown {
  const { timeMs } = b
  return call(one(b), 'map', (x: unknown) => [timeMs, x])
}

/** The entry of `byTime` with the largest time that is not after the batch time; none = empty. Two partitions. */
function latestDataset(b: Building): unknown {
  const timeMs = field(b.timeMs, 'batch time')
  const entries = datasets(b.node.byTime).filter(entry => entry.timeMs <= timeMs)
  const latest = entries.sort((x, y) => x.timeMs - y.timeMs).at(-1)
  return call(b.sc, 'parallelize', decodeAll(latest?.data ?? []), 2)
}

function datasets(byTime: unknown): { timeMs: number; data: readonly Json[] }[] {
  if (Array.isArray(byTime)) {
    return byTime.map(entry =>
      Array.isArray(entry) ? { timeMs: entry[0], data: entry[1] } : { timeMs: entry.time, data: entry.data },
    )
  }
  const entries = Object.entries((byTime ?? {}) as Readonly<Record<string, readonly Json[]>>)
  return entries.map(([time, data]) => ({ timeMs: Number(time), data }))
}

/**
 * Builds the RDDs of a program, in order, and returns them by id.
 *
 * @param given the RDDs that exist already: `rdd`, `rdd0` … inside `transform`
 * @throws Unsupported when an operator does not exist yet
 */
export function buildRdds(
  sc: SparkContext,
  nodes: readonly NodeSpec[],
  given: Readonly<Record<string, unknown>> = {},
  timeMs?: number,
): Map<string, unknown> {
  const built = new Map(Object.entries(given))
  for (const node of nodes) {
    const parents = node.in.map(id => {
      if (!built.has(id)) throw new Unsupported(`the program names an RDD ${id} that it does not define`)
      return built.get(id)
    })
    built.set(node.id, known(builders, node.op, 'RDD operator')({ node, parents, sc, timeMs }))
  }
  return built
}

/** Runs the program of a `transform`: its result RDD, or `null` where the program says so. */
export function runProgram(
  sc: SparkContext,
  program: RddProgram,
  given: Readonly<Record<string, unknown>>,
  timeMs: number,
): unknown {
  return program.result === 'null' ? null : buildRdds(sc, program.nodes, given, timeMs).get(program.result)
}
