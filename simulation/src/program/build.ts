import {
  type Duration,
  Milliseconds,
  Receiver,
  StateSpec,
  type DStream,
  type State,
  type StreamingContext,
} from 'dstream'
import type { OutputPlan, ProgramPlan } from './plan.ts'

/** What the program finds outside of itself; by a global name, so that it is found again by functions that come out of a checkpoint. */
export interface Outside {
  /** A receiver runs; `store` takes records of its source. */
  receiving(source: number, store: (records: readonly string[]) => Promise<void>): void
  stoppedReceiving(source: number): void
  /** Puts out one batch, partition by partition. */
  put(output: string, timeMs: number, partitions: readonly (readonly unknown[])[]): Promise<void>
  /** The lines of an input file. */
  lines(path: string): Promise<string[]>
}

declare global {
  var simulatedOutside: Outside
}

class SourceReceiver extends Receiver<string> {
  readonly source: number

  constructor(source: number) {
    super()
    this.source = source
  }

  override onStart(): void {
    globalThis.simulatedOutside.receiving(this.source, records => this.store(records))
  }

  override onStop(): void {
    globalThis.simulatedOutside.stoppedReceiving(this.source)
  }
}

/** The directory that a program watches. */
export const inputDirectory = 'sim:///input'

/** Makes the streams and outputs of a program. */
export function build(ssc: StreamingContext, plan: ProgramPlan): void {
  const inputs: DStream<string>[] = Array.from({ length: plan.receivers }, (_, source) =>
    ssc.receiverStream(new SourceReceiver(source), { thread: 'main' }),
  )
  if (plan.files) {
    inputs.push(ssc.fileStream<string>(inputDirectory, { read: ({ path }) => globalThis.simulatedOutside.lines(path) }))
  }
  inputs.forEach((input, i) => putOut(input, `raw-${i}`))
  plan.outputs.forEach((output, i) => putOut(derive(inputs, output, plan), `${output.kind}-${i}`))
}

function putOut(stream: DStream<unknown>, name: string): void {
  stream.glom().foreachRDD(async (rdd, time) => {
    await globalThis.simulatedOutside.put(name, time.milliseconds, await rdd.collect())
  })
}

/** A line is `key number id`. */
const pairsOf = (lines: DStream<string>): DStream<[string, number]> =>
  lines.map(line => {
    const [key, value] = line.split(' ')
    return [key!, Number(value)]
  })

function derive(inputs: readonly DStream<string>[], output: OutputPlan, plan: ProgramPlan): DStream<unknown> {
  const of = (intervals: number): Duration => Milliseconds(intervals * plan.batchMs)
  switch (output.kind) {
    case 'updateState':
      return pairsOf(inputs[output.input]!)
        .updateStateByKey(
          (values: readonly number[], state: readonly [number, number] | undefined) =>
            [(state?.[0] ?? 0) + values.length, values.reduce((sum, value) => sum + value, state?.[1] ?? 0)] as const,
        )
        .checkpoint(of(output.checkpoint))
        .map(([key, [count, sum]]) => `${key} ${count} ${sum}`)
    case 'mapState': {
      const spec = StateSpec.function((key: string, value: number | undefined, state: State<number>) => {
        if (state.isTimingOut()) return `${key} over ${state.get()}`
        state.update((state.getOption() ?? 0) + 1)
        return `${key} ${state.get()} ${value === undefined ? 'none' : ''}`
      })
      if (output.timeout !== undefined) spec.timeout(of(output.timeout))
      return pairsOf(inputs[output.input]!).mapWithState(spec).checkpoint(of(output.checkpoint))
    }
    case 'snapshots': {
      const spec = StateSpec.function((_: string, value: number | undefined, state: State<number>) => {
        state.update((state.getOption() ?? 0) + (value ?? 0))
        return 0
      })
      const mapped = pairsOf(inputs[output.input]!).mapWithState(spec)
      mapped.checkpoint(of(output.checkpoint))
      return mapped.stateSnapshots().map(([key, sum]) => `${key} ${sum}`)
    }
    case 'reducedWindow':
      return pairsOf(inputs[output.input]!)
        .reduceByKeyAndWindow(
          (a: number, b: number) => a + b,
          (a: number, b: number) => a - b,
          of(output.window),
          of(output.slide),
        )
        .checkpoint(of(output.checkpoint * output.slide))
        .map(([key, sum]) => `${key} ${sum}`)
    case 'window':
      return inputs[output.input]!.window(of(output.window), of(output.slide))
    case 'union':
      return inputs[output.inputs[0]]!.union(inputs[output.inputs[1]]!)
    case 'join':
      return pairsOf(inputs[output.inputs[0]]!)
        .join(pairsOf(inputs[output.inputs[1]]!))
        .map(([key, [a, b]]) => `${key} ${a} ${b}`)
  }
}
