import { field, type ActionSpec } from '../cases.ts'
import { call, known } from '../unsupported.ts'
import { decode, encode, encodeDouble, type Json } from '../values.ts'
import { reduceFunctions } from '../vocabulary/index.ts'

type Act = (rdd: unknown, action: ActionSpec) => unknown

const plain =
  (method: string): Act =>
  rdd =>
    call(rdd, method)
const withCount =
  (method: string): Act =>
  (rdd, action) =>
    call(rdd, method, action.n)
const withFunction =
  (method: string): Act =>
  (rdd, action) =>
    call(rdd, method, reducer(action.fn))

const acts: Readonly<Record<string, Act>> = {
  collect: plain('collect'),
  count: plain('count'),
  first: plain('first'),
  isEmpty: plain('isEmpty'),
  max: plain('max'),
  min: plain('min'),
  countByKey: plain('countByKey'),
  countByValue: plain('countByValue'),
  collectAsMap: plain('collectAsMap'),
  numPartitions: plain('getNumPartitions'),
  take: withCount('take'),
  top: withCount('top'),
  takeOrdered: withCount('takeOrdered'),
  reduce: withFunction('reduce'),
  treeReduce: withFunction('treeReduce'),
  reduceByKeyLocally: withFunction('reduceByKeyLocally'),
  lookup: (rdd, action) => call(rdd, 'lookup', decode(field(action.key, 'key'))),
  fold: (rdd, action) => call(rdd, 'fold', zero(action), reducer(action.fn)),
  aggregate: (rdd, action) => call(rdd, 'aggregate', zero(action), reducer(action.seqFn), reducer(action.combFn)),
}

const reducer = (name: string | undefined): unknown => known(reduceFunctions, field(name, 'fn'), 'function')
const zero = (action: ActionSpec): unknown => decode(field(action.zero, 'zero'))

/** The actions on the elements as doubles. */
const doubleActs: Readonly<Record<string, (rdd: unknown) => Promise<Json>>> = {
  sum: async rdd => encodeDouble(await call(rdd, 'sum')),
  mean: async rdd => encodeDouble(await call(rdd, 'mean')),
  stats: async rdd => statistics(await call(rdd, 'stats')),
}

/** [count, mean, standard deviation of the population, max, min], whether these are fields or methods. */
function statistics(stats: unknown): Json {
  const [count, ...doubles] = ['count', 'mean', 'stdev', 'max', 'min'].map(name => {
    const value: unknown = Reflect.get(stats as object, name)
    return typeof value === 'function' ? call(stats, name) : value
  })
  return [encode(count), ...doubles.map(encodeDouble)]
}

/** Runs an action; a result that is a list is encoded element by element, as the vectors write it. */
export async function runAction(rdd: unknown, action: ActionSpec): Promise<Json> {
  const double = Object.hasOwn(doubleActs, action.action) ? doubleActs[action.action] : undefined
  if (double !== undefined) return double(rdd)
  const result = await known(acts, action.action, 'action')(rdd, action)
  return listActions.has(action.action) && Array.isArray(result) ? result.map(encode) : encode(result)
}

const listActions = new Set(['collect', 'take', 'top', 'takeOrdered', 'lookup'])
