import { Milliseconds, type DStream, type SparkContext, type StreamingContext, type Time } from 'dstream'
import * as api from 'dstream'
import { field, type NodeSpec } from '../cases.ts'
import { runProgram } from '../rdd/program.ts'
import { Unsupported, call, exported, known } from '../unsupported.ts'
import { decodeAll } from '../values.ts'
import {
  combiners,
  filterFunctions,
  flatMapFunctions,
  mapFunctions,
  partitionFunctions,
  reduceFunctions,
  stateFunctions,
  stateTimeFunctions,
  updateFunctions,
  updateIteratorFunctions,
  updateTimeFunctions,
} from '../vocabulary/index.ts'

/** What one operator of a stream case is applied to. */
interface Building {
  readonly node: NodeSpec
  readonly parents: readonly DStream<unknown>[]
  readonly ssc: StreamingContext
}

type Build = (building: Building) => unknown
type Functions = Readonly<Record<string, unknown>>

const one = (b: Building): unknown => b.parents[0]
const ms = (value: number | undefined) => (value === undefined ? undefined : Milliseconds(value))
const windowMs = (b: Building) => Milliseconds(field(b.node.windowMs, 'windowMs'))
const named = (table: Functions, name: string | undefined) => known(table, field(name, 'fn'), 'function')

const plain =
  (method: string): Build =>
  b =>
    call(one(b), method, b.node.numPartitions)
const withOther =
  (method: string): Build =>
  b =>
    call(one(b), method, b.parents[1], b.node.numPartitions)
const windowed =
  (method: string): Build =>
  b =>
    call(one(b), method, windowMs(b), ms(b.node.slideMs), b.node.numPartitions)
const withFunction = (method: string, table: Functions): Build => {
  return b => call(one(b), method, named(table, b.node.fn), b.node.numPartitions)
}

const builders: Readonly<Record<string, Build>> = {
  map: withFunction('map', mapFunctions),
  flatMap: withFunction('flatMap', flatMapFunctions),
  filter: withFunction('filter', filterFunctions),
  mapPartitions: withFunction('mapPartitions', partitionFunctions),
  mapValues: withFunction('mapValues', mapFunctions),
  flatMapValues: withFunction('flatMapValues', flatMapFunctions),
  reduce: withFunction('reduce', reduceFunctions),
  reduceByKey: withFunction('reduceByKey', reduceFunctions),
  glom: plain('glom'),
  count: plain('count'),
  persist: plain('persist'),
  cache: plain('cache'),
  repartition: plain('repartition'),
  countByValue: plain('countByValue'),
  groupByKey: plain('groupByKey'),
  stateSnapshots: plain('stateSnapshots'),
  union: withOther('union'),
  join: withOther('join'),
  leftOuterJoin: withOther('leftOuterJoin'),
  rightOuterJoin: withOther('rightOuterJoin'),
  fullOuterJoin: withOther('fullOuterJoin'),
  cogroup: withOther('cogroup'),
  unionMany: b => call(b.ssc, 'union', b.parents),
  window: windowed('window'),
  countByWindow: windowed('countByWindow'),
  countByValueAndWindow: windowed('countByValueAndWindow'),
  groupByKeyAndWindow: windowed('groupByKeyAndWindow'),
  checkpoint: b => call(one(b), 'checkpoint', ms(b.node.intervalMs)),
  combineByKey,
  transform,
  transformWith,
  transformMany,
  reduceByWindow,
  reduceByKeyAndWindow,
  updateStateByKey,
  mapWithState,
}

function combineByKey(b: Building): unknown {
  const { combiner, mapSideCombine, numPartitions } = b.node
  const options = {
    ...(mapSideCombine !== undefined && { mapSideCombine }),
    ...(numPartitions && { partitioner: numPartitions }),
  }
  return call(one(b), 'combineByKey', ...known(combiners, field(combiner, 'combiner'), 'combiner'), options)
}

function transform(b: Building): unknown {
  const program = field(b.node.rdd, 'rdd')
  return call(one(b), 'transform', (rdd: unknown, time: Time) =>
    runProgram(contextOf(b), program, { rdd }, time.milliseconds),
  )
}

function transformWith(b: Building): unknown {
  const program = field(b.node.rdd, 'rdd')
  const run = (rdd0: unknown, rdd1: unknown, time: Time) =>
    runProgram(contextOf(b), program, { rdd0, rdd1 }, time.milliseconds)
  return call(one(b), 'transformWith', b.parents[1], run)
}

function transformMany(b: Building): unknown {
  const program = field(b.node.rdd, 'rdd')
  const run = (rdds: readonly unknown[], time: Time) => {
    const given = Object.fromEntries(rdds.map((rdd, i) => [`rdd${i}`, rdd]))
    return runProgram(contextOf(b), program, given, time.milliseconds)
  }
  return call(b.ssc, 'transform', b.parents, run)
}

function reduceByWindow(b: Building): unknown {
  const merge = named(reduceFunctions, b.node.fn)
  const { invFn, slideMs } = b.node
  if (invFn === undefined) return call(one(b), 'reduceByWindow', merge, windowMs(b), ms(slideMs))
  return call(one(b), 'reduceByWindow', merge, named(reduceFunctions, invFn), windowMs(b), ms(slideMs))
}

function reduceByKeyAndWindow(b: Building): unknown {
  const merge = named(reduceFunctions, b.node.fn)
  const { invFn, filterFn, slideMs, numPartitions } = b.node
  if (invFn === undefined) {
    return call(one(b), 'reduceByKeyAndWindow', merge, windowMs(b), ms(slideMs), numPartitions)
  }
  const filter = filterFn === undefined ? undefined : named(filterFunctions, filterFn)
  const inverse = named(reduceFunctions, invFn)
  const slide = ms(slideMs) ?? b.parents[0]?.slideDuration
  const tail = {
    ...(filter !== undefined && { filter }),
    ...(numPartitions !== undefined && { partitioner: numPartitions }),
  }
  return call(one(b), 'reduceByKeyAndWindow', merge, inverse, windowMs(b), slide, tail)
}

const updateForms: Readonly<Record<string, Functions>> = {
  simple: updateFunctions,
  time: updateTimeFunctions,
  iterator: updateIteratorFunctions,
}

type WithTimeMs = (timeMs: number, ...rest: readonly unknown[]) => unknown

/** The vocabulary has the batch time in ms. */
const withTime = (f: unknown) => {
  const withTimeMs = f as WithTimeMs
  return (time: Time, key: unknown, values: unknown, state: unknown) =>
    withTimeMs(time.milliseconds, key, values, state)
}

function updateStateByKey(b: Building): unknown {
  const { variant = 'simple', initial, numPartitions, fn } = b.node
  const update = named(known(updateForms, variant, 'form of updateStateByKey'), fn)
  return call(one(b), 'updateStateByKey', variant === 'time' ? withTime(update) : update, {
    ...(variant !== 'simple' && { form: variant }),
    ...(initial && { initialState: call(contextOf(b), 'parallelize', decodeAll(initial)) }),
    ...(numPartitions && { numPartitions }),
  })
}

function mapWithState(b: Building): unknown {
  const name = field(b.node.fn, 'fn')
  const f = name.startsWith('mst_') ? withTime(named(stateTimeFunctions, name)) : named(stateFunctions, name)
  if (typeof Reflect.get(b.parents[0] as object, 'mapWithState') !== 'function') {
    throw new Unsupported('there is no method mapWithState yet')
  }
  let spec = call(exported(api, 'StateSpec'), 'function', f)
  const { initial, timeoutMs, numPartitions } = b.node
  if (initial !== undefined) spec = call(spec, 'initialState', call(contextOf(b), 'parallelize', decodeAll(initial)))
  if (timeoutMs !== undefined) spec = call(spec, 'timeout', Milliseconds(timeoutMs))
  if (numPartitions !== undefined) spec = call(spec, 'numPartitions', numPartitions)
  return call(one(b), 'mapWithState', spec)
}

const contextOf = (b: Building): SparkContext => b.ssc.sparkContext

/**
 * Applies one operator of a case.
 *
 * @throws Unsupported when the operator does not exist yet, and whatever the operator itself throws
 */
export function buildNode(
  ssc: StreamingContext,
  node: NodeSpec,
  streams: ReadonlyMap<string, DStream<unknown>>,
): DStream<unknown> {
  const parents = node.in.map(id => field(streams.get(id), `stream ${id}`))
  const build = known(builders, node.op, 'stream operator')
  return build({ node, parents, ssc }) as DStream<unknown>
}
