import { Milliseconds, StateSpec, type DStream, type Duration, type State } from '@dstream/core'
import { canonical, inBagOrder } from './canonical.ts'
import { groupsOf, sum, type Kind, type RecordOf } from './model.ts'

/** A stream as plain arrays: the records of each batch, by number; those in between its slides are not there. */
export interface StreamModel {
  readonly kind: Kind
  /** In batch intervals. */
  readonly slide: number
  /** The first batch is number 1. */
  readonly batches: ReadonlyMap<number, readonly unknown[]>
}

/** An operator of streams as random programs use it. */
export interface StreamOperator {
  readonly takes: readonly Kind[]
  readonly apply: (parents: never, settings: Settings) => DStream<unknown>
  /** Undefined where the operator cannot be applied to these. */
  readonly model: (parents: readonly StreamModel[], settings: Settings) => StreamModel | undefined
}

/** The numbers that an operator is applied with. */
export interface Settings {
  readonly n: number
  /** In slides of the parent; the window is at least as long as its slide. */
  readonly window: number
  readonly slide: number
}

type Pair = RecordOf['pair']

/** So long is one batch. */
export const batchMs = 1000

const lengths = (parent: DStream<unknown>, { window, slide }: Settings): [window: Duration, slide: Duration] => {
  const { milliseconds } = parent.slideDuration
  return [Milliseconds(window * milliseconds), Milliseconds(slide * milliseconds)]
}

const mapBatches = (
  { batches }: StreamModel,
  f: (records: readonly unknown[], batch: number) => readonly unknown[],
): StreamModel['batches'] => new Map([...batches].map(([batch, records]) => [batch, f(records, batch)]))

/** An operator that does the same with every batch. */
const eachBatch = <A extends Kind, B extends Kind>(
  from: A,
  to: B,
  apply: (a: DStream<RecordOf[A]>, settings: Settings) => DStream<RecordOf[B]>,
  model: (records: readonly RecordOf[A][], settings: Settings) => readonly RecordOf[B][],
): StreamOperator => ({
  takes: [from],
  apply: ([a]: [DStream<RecordOf[A]>], settings) => apply(a, settings),
  model: ([a], settings) => ({
    kind: to,
    slide: a!.slide,
    batches: mapBatches(a!, records => model(records as RecordOf[A][], settings)),
  }),
})

/** An operator of two streams that does the same with every two batches of one time. */
const bothBatches = <A extends Kind, B extends Kind, C extends Kind>(
  from: readonly [A, B],
  to: C,
  apply: (a: DStream<RecordOf[A]>, b: DStream<RecordOf[B]>) => DStream<RecordOf[C]>,
  model: (a: readonly RecordOf[A][], b: readonly RecordOf[B][]) => readonly RecordOf[C][],
): StreamOperator => ({
  takes: from,
  apply: ([a, b]: [DStream<RecordOf[A]>, DStream<RecordOf[B]>]) => apply(a, b),
  model: ([a, b]) => {
    if (a!.slide !== b!.slide) return undefined
    const batches = mapBatches(a!, (own, batch) =>
      model(own as RecordOf[A][], (b!.batches.get(batch) ?? []) as RecordOf[B][]),
    )
    return [...batches.values()].some(records => records.length > 200)
      ? undefined
      : { kind: to, slide: a!.slide, batches }
  },
})

/** An operator that looks at the window of each slide; `before` are the records of all batches so far. */
const eachWindow = <A extends Kind, B extends Kind>(
  from: A,
  to: B,
  apply: (a: DStream<RecordOf[A]>, window: Duration, slide: Duration) => DStream<RecordOf[B]>,
  model: (window: readonly RecordOf[A][], before: readonly RecordOf[A][]) => readonly RecordOf[B][],
): StreamOperator => ({
  takes: [from],
  apply: ([a]: [DStream<RecordOf[A]>], settings) => apply(a, ...lengths(a, settings)),
  model: ([a], settings) => {
    const slide = settings.slide * a!.slide
    const length = settings.window * a!.slide
    const within = (after: number, upTo: number): RecordOf[A][] =>
      [...a!.batches].flatMap(([batch, records]) => (batch > after && batch <= upTo ? (records as RecordOf[A][]) : []))
    const ends = [...a!.batches.keys()].filter(batch => batch % slide === 0)
    const batches = ends.map(end => [end, model(within(end - length, end), within(0, end))] as const)
    return { kind: to, slide, batches: new Map(batches) }
  },
})

/** Keyed state: what is held after each batch, and what comes out. */
const withState = <B extends Kind>(
  to: B,
  apply: (a: DStream<Pair>) => DStream<RecordOf[B]>,
  step: (held: readonly Pair[], records: readonly Pair[]) => { held: readonly Pair[]; out: readonly RecordOf[B][] },
): StreamOperator => ({
  takes: ['pair'],
  apply: ([a]: [DStream<Pair>]) => apply(a),
  model: ([a]) => {
    let held: readonly Pair[] = []
    const batches = mapBatches(a!, records => {
      const after = step(held, records as Pair[])
      held = after.held
      return after.out
    })
    return { kind: to, slide: a!.slide, batches }
  },
})

const add = (a: number, b: number): number => a + b
const subtract = (a: number, b: number): number => a - b
const unlessEmpty = <T, U>(records: readonly T[], f: (records: readonly T[]) => U): U[] =>
  records.length === 0 ? [] : [f(records)]
const summed = (pairs: readonly Pair[]): Pair[] => groupsOf(pairs).map(([key, values]) => [key, sum(values)])
const counted = (records: readonly unknown[]): Pair[] => summed(records.map(x => [x, 1]))
/** What an incremental window holds: also the keys that have left, with nothing. */
const summedWithPast = (window: readonly Pair[], before: readonly Pair[]): Pair[] =>
  summed([...window, ...before.map(([key]): Pair => [key, 0])])
const kept = ([, total]: Pair): boolean => total % 7 !== 0

/** Adds up what comes, and forgets a key whose sum is a multiple of seven. */
function addUp(key: unknown, value: number | undefined, state: State<number>): Pair {
  const total = (state.getOption() ?? 0) + (value ?? 0)
  if (total % 7 !== 0) state.update(total)
  else if (state.exists()) state.remove()
  return [key, total]
}

const stateless: Readonly<Record<string, StreamOperator>> = {
  map: eachBatch(
    'number',
    'number',
    (a, { n }) => a.map(x => x * 2 - n),
    (records, { n }) => records.map(x => x * 2 - n),
  ),
  'map to pair': eachBatch(
    'number',
    'pair',
    (a, { n }) => a.map(x => [x % (n + 1), x]),
    (records, { n }) => records.map(x => [x % (n + 1), x]),
  ),
  filter: eachBatch(
    'pair',
    'pair',
    (a, { n }) => a.filter(([, x]) => x > n - 5),
    (records, { n }) => records.filter(([, x]) => x > n - 5),
  ),
  flatMap: eachBatch(
    'pair',
    'number',
    a => a.flatMap(([, x]) => [x, 1]),
    records => records.flatMap(([, x]) => [x, 1]),
  ),
  mapValues: eachBatch(
    'pair',
    'pair',
    (a, { n }) => a.mapValues(x => x + n),
    (records, { n }) => records.map(([key, x]) => [key, x + n]),
  ),
  transform: eachBatch(
    'pair',
    'pair',
    a => a.transform(rdd => rdd.sortBy(([, x]) => x).map(pair => pair)),
    records => records,
  ),
  count: eachBatch(
    'pair',
    'number',
    a => a.count(),
    records => [records.length],
  ),
  reduce: eachBatch(
    'number',
    'number',
    a => a.reduce(add),
    records => unlessEmpty(records, sum),
  ),
  countByValue: eachBatch('number', 'pair', (a, { n }) => a.countByValue(n + 1), counted),
  repartition: eachBatch(
    'pair',
    'pair',
    (a, { n }) => a.repartition(n + 1),
    records => records,
  ),
  reduceByKey: eachBatch('pair', 'pair', (a, { n }) => a.reduceByKey(add, n + 1), summed),
  groupByKey: eachBatch(
    'pair',
    'other',
    a => a.groupByKey().mapValues(values => inBagOrder(values)),
    records => groupsOf(records).map(([key, values]) => [key, inBagOrder(values)]),
  ),
  union: bothBatches(
    ['pair', 'pair'],
    'pair',
    (a, b) => a.union(b),
    (a, b) => [...a, ...b],
  ),
  leftOuterJoin: bothBatches(
    ['pair', 'pair'],
    'other',
    (a, b) => a.reduceByKey(add).leftOuterJoin(b.reduceByKey(add)),
    (a, b) => {
      const others = summed(b)
      const partner = (key: unknown) => others.find(([other]) => canonical(other) === canonical(key))?.[1]
      return summed(a).map(([key, x]) => [key, [x, partner(key)]])
    },
  ),
}

const windowed: Readonly<Record<string, StreamOperator>> = {
  'window of numbers': eachWindow(
    'number',
    'number',
    (a, ...lengths) => a.window(...lengths),
    window => window,
  ),
  'window of pairs': eachWindow(
    'pair',
    'pair',
    (a, ...lengths) => a.window(...lengths),
    window => window,
  ),
  countByWindow: eachWindow(
    'pair',
    'number',
    (a, ...lengths) => a.countByWindow(...lengths),
    (window, before) => unlessEmpty(before, () => window.length),
  ),
  countByValueAndWindow: eachWindow('number', 'pair', (a, ...lengths) => a.countByValueAndWindow(...lengths), counted),
  reduceByWindow: eachWindow(
    'number',
    'number',
    (a, ...lengths) => a.reduceByWindow(add, ...lengths),
    window => unlessEmpty(window, sum),
  ),
  'reduceByWindow with inverse': eachWindow(
    'number',
    'number',
    (a, ...lengths) => a.reduceByWindow(add, subtract, ...lengths),
    (window, before) => unlessEmpty(before, () => sum(window)),
  ),
  reduceByKeyAndWindow: eachWindow('pair', 'pair', (a, ...lengths) => a.reduceByKeyAndWindow(add, ...lengths), summed),
  'reduceByKeyAndWindow with inverse': eachWindow(
    'pair',
    'pair',
    (a, ...lengths) => a.reduceByKeyAndWindow(add, subtract, ...lengths),
    summedWithPast,
  ),
  'reduceByKeyAndWindow with inverse and filter': eachWindow(
    'pair',
    'pair',
    (a, ...lengths) =>
      a.mapValues(() => 1).reduceByKeyAndWindow(add, subtract, ...lengths, { filter: ([, count]) => count > 0 }),
    window => counted(window.map(([key]) => key)),
  ),
  groupByKeyAndWindow: eachWindow(
    'pair',
    'other',
    (a, ...lengths) => a.groupByKeyAndWindow(...lengths).mapValues(values => inBagOrder(values)),
    window => groupsOf(window).map(([key, values]) => [key, inBagOrder(values)]),
  ),
}

const stateful: Readonly<Record<string, StreamOperator>> = {
  updateStateByKey: withState(
    'pair',
    a =>
      a.updateStateByKey((values: readonly number[], state: number | undefined) => {
        const total = values.reduce((x, y) => x + y, state ?? 0)
        return total % 7 === 0 ? undefined : total
      }),
    (before, records) => {
      const held = summed([...before, ...records]).filter(kept)
      return { held, out: held }
    },
  ),
  mapWithState: withState(
    'pair',
    a => a.reduceByKey(add).mapWithState(StateSpec.function(addUp)),
    (before, records) => {
      const after = summed([...before, ...records])
      const came = new Set(records.map(([key]) => canonical(key)))
      return { held: after.filter(kept), out: after.filter(([key]) => came.has(canonical(key))) }
    },
  ),
  stateSnapshots: withState(
    'pair',
    a => a.reduceByKey(add).mapWithState(StateSpec.function(addUp)).stateSnapshots(),
    (before, records) => {
      const held = summed([...before, ...records]).filter(kept)
      return { held, out: held }
    },
  ),
}

export const streamOperators: Readonly<Record<string, StreamOperator>> = { ...stateless, ...windowed, ...stateful }
