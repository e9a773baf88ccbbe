import { Milliseconds, StateSpec, StreamingContext, type DStream, type RDD, type State } from 'dstream'
import { newContext } from '../new-context.ts'
import { MadeInput } from '../workloads/made-input.ts'

export const keysHeld = 1_000_000
const usualRecords = 10_000

export type Operator = 'updateStateByKey' | 'mapWithState'
export const operators: readonly Operator[] = ['updateStateByKey', 'mapWithState']

/** A program that holds a million keys; every record of a batch touches another one. */
export interface MillionKeys {
  readonly operator: Operator
  readonly intervalMs: number
  /** How often the state is saved. */
  readonly checkpointMs: number
  readonly directory: string
  /** The records of each batch. Default: ten thousand. */
  readonly records?: number
}

/** Makes its context; `onBatch` is given the number of records of each batch. */
export function millionKeys(program: MillionKeys, onBatch: (count: number) => void): StreamingContext {
  const sc = newContext(`recovery of ${program.operator}`)
  const ssc = new StreamingContext(sc, Milliseconds(program.intervalMs))
  ssc.checkpoint(program.directory)
  const { records = usualRecords } = program
  const touched = new MadeInput(ssc, (context, batch) =>
    context.range(0, records, 1, 2).map((i): [string, number] => ['key' + ((i * 97 + batch * 10_007) % 1_000_000), 1]),
  )
  const initial = sc.range(0, keysHeld, 1, 2).map((i): [string, number] => ['key' + i, 1])
  const stream = streams[program.operator](touched, initial).checkpoint(Milliseconds(program.checkpointMs))
  stream.foreachRDD(async rdd => onBatch(await rdd.count()))
  return ssc
}

type Touched = DStream<[string, number]>
const streams: Readonly<Record<Operator, (touched: Touched, initial: RDD<[string, number]>) => DStream<unknown>>> = {
  updateStateByKey: (touched, initialState) =>
    touched.updateStateByKey(
      (values: readonly number[], sum: number | undefined) => {
        let total = sum ?? 0
        for (const value of values) total += value
        return total
      },
      { numPartitions: 2, initialState },
    ),
  mapWithState: (touched, initial) =>
    touched.mapWithState(
      StateSpec.function((key: string, value: number | undefined, sum: State<number>) => {
        const total = (value ?? 0) + (sum.getOption() ?? 0)
        sum.update(total)
        return [key, total]
      })
        .initialState(initial)
        .numPartitions(2),
    ),
}
