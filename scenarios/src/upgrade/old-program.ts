import { InputDStream, Milliseconds, Receiver, Seconds, StateSpec, StreamingContext } from 'dstream'
import type { Clock, DStream, RDD, SparkContext, State, Time } from 'dstream'

/** What the program puts out: by output, then by batch time. Functions of a checkpoint find it too. */
export type Outputs = Map<string, Map<number, unknown[]>>
declare global {
  var upgradeOutputs: Outputs | undefined
}

export type Pair = [string, number]

/** Batch number i has `a` with i and `b` with 1; the first one also `once`. */
export class Pairs extends InputDStream<Pair> {
  override compute(time: Time): RDD<Pair> {
    const i = time.milliseconds / 1000
    const pairs: Pair[] = i === 1 ? [['a', 1], ['b', 1], ['once', 1]] : [['a', i], ['b', 1]] // prettier-ignore
    return this.context.sparkContext.parallelize(pairs, 2)
  }
}

/** What it has received goes into the log; whoever runs the program stores it. */
export class Source extends Receiver<string> {
  override onStart(): void {}
  override onStop(): void {}
}

export const add = (values: readonly number[], sum: number | undefined): number =>
  values.reduce((a, b) => a + b, sum ?? 0)
export const plus = (a: number, b: number): number => a + b
export const minus = (a: number, b: number): number => a - b
/** The latest value of each key. */
export const latest = (_key: string, value: number | undefined, state: State<number>): void => {
  if (!state.isTimingOut()) state.update(value!)
}

/** What is read of a file: its name. */
export const nameOf = ({ path }: { readonly path: string }): string[] => [path.slice(path.lastIndexOf('/') + 1)]

/** The streams of the program, one of each kind; a changed one has others in their place, or none. */
export type Parts = Readonly<Record<string, (pairs: DStream<Pair>, ssc: StreamingContext) => DStream<unknown>>>

export const oldParts = {
  sums: pairs => pairs.updateStateByKey(add, 2).uid('sums').checkpoint(Seconds(2)),
  unnamed: pairs => pairs.mapValues(n => n).updateStateByKey(add, 2).checkpoint(Seconds(2)), // prettier-ignore
  latest: pairs => pairs.mapWithState(StateSpec.function(latest).numPartitions(2).timeout(Seconds(6))).uid('latest').checkpoint(Seconds(2)).stateSnapshots(), // prettier-ignore
  window: pairs => pairs.reduceByKeyAndWindow(plus, minus, Seconds(4), Seconds(1)).uid('window').checkpoint(Seconds(2)),
  words: (_, ssc) => ssc.fileStream('memory:///in', { read: nameOf }).uid('words'),
} satisfies Parts

export interface Program {
  readonly parts: Parts
  readonly batchMs?: number
  readonly source: Source
}

export const directory = 'memory:///checkpoint'

/** Makes the context of a program, as the function that `getOrCreate` is given. */
export function contextOf(
  { parts, batchMs = 1000, source }: Program,
  sc: SparkContext,
  clock: Clock,
): StreamingContext {
  const ssc = new StreamingContext(sc, Milliseconds(batchMs), { clock })
  ssc.checkpoint(directory)
  const pairs = new Pairs(ssc)
  const put = (name: string, stream: DStream<unknown>): void =>
    stream.foreachRDD(async (rdd, time) => {
      const outputs = (globalThis.upgradeOutputs ??= new Map<string, Map<number, unknown[]>>())
      const batches = outputs.get(name) ?? new Map<number, unknown[]>()
      outputs.set(name, batches.set(time.milliseconds, (await rdd.collect()).sort()))
    })
  for (const [name, through] of Object.entries(parts)) put(name, through(pairs, ssc))
  put('received', ssc.receiverStream(source, { thread: 'main' }).uid('received'))
  return ssc
}
