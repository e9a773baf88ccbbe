import { join } from 'node:path'
import fc from 'fast-check'
import { Milliseconds, StreamingContext, type DStream, type SparkContext } from '@dstream/core'
import { BatchInput, collectBatches, ManualClock, runBatches } from '@dstream/core/testing'
import { bag, canonical } from './canonical.ts'
import { batchMs, streamOperators, type Settings, type StreamModel } from './stream-operators.ts'

export const streamOperatorNames: readonly string[] = Object.keys(streamOperators)

/** One stream of a program: given, or made of those before it. */
interface Stream {
  readonly code: string
  readonly model: StreamModel
  readonly make: (ssc: StreamingContext, made: readonly DStream<unknown>[]) => DStream<unknown>
}

/** A random program: streams that are made of each other, of which some are collected. */
export interface StreamProgram {
  readonly numBatches: number
  readonly streams: readonly Stream[]
  readonly outputs: readonly number[]
  /** The names of the operators in it. */
  readonly operators: readonly string[]
}

interface Input {
  readonly kind: 'number' | 'pair'
  readonly batches: readonly (readonly unknown[])[]
  readonly numPartitions: number
  readonly from: 'batches' | 'queue'
}

interface Step {
  readonly operator: string
  readonly parents: readonly [number, number]
  readonly settings: Settings
  readonly persist: boolean
}

const numbers = fc.integer({ min: -9, max: 9 })
const pairs = fc.tuple(fc.constantFrom<unknown>('a', 'b', 'c', null, 1), numbers)

const inputs: fc.Arbitrary<Input> = fc.record({
  kind: fc.constant('pair' as const),
  batches: fc.array(fc.array(pairs, { maxLength: 6 }), { minLength: 1, maxLength: 7 }),
  numPartitions: fc.integer({ min: 1, max: 3 }),
  from: fc.constantFrom('batches' as const, 'queue' as const),
})
const steps: fc.Arbitrary<Step> = fc.record({
  operator: fc.constantFrom(...streamOperatorNames),
  parents: fc.tuple(fc.nat(5), fc.nat(5)),
  persist: fc.boolean(),
  settings: fc
    .tuple(fc.nat(9), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
    .map(([n, a, b]) => ({ n, window: Math.max(a, b), slide: Math.min(a, b, 3) })),
})

/** Any program. A step that fits nothing that is there is left out. */
export const streamPrograms: fc.Arbitrary<StreamProgram> = fc
  .tuple(fc.array(inputs, { minLength: 1, maxLength: 2 }), fc.array(steps, { maxLength: 7 }), fc.boolean())
  .map(([given, then, all]) => programOf(given, then, all))

function programOf(given: readonly Input[], then: readonly Step[], all: boolean): StreamProgram {
  const numBatches = Math.max(...given.map(({ batches }) => batches.length)) + 1
  const streams = given.map(input => inputOf(input, numBatches))
  const operators: string[] = []
  for (const step of then) {
    const stream = streamOf(step, streams)
    if (stream === undefined) continue
    streams.push(stream)
    operators.push(step.operator)
  }
  // A stream that nothing else asks for is kept otherwise than one with an output of its own.
  const outputs = all ? [...streams.keys()] : [streams.length - 1]
  const program = { numBatches, streams, outputs, operators }
  return { ...program, [fc.toStringMethod]: () => textOf(program) } as StreamProgram
}

function inputOf({ kind, batches, numPartitions, from }: Input, numBatches: number): Stream {
  const padded = Array.from({ length: numBatches }, (_, i) => batches[i] ?? [])
  return {
    code: `${from}(${canonical(batches)}, ${numPartitions})`,
    model: { kind, slide: 1, batches: new Map(padded.map((records, i) => [i + 1, records])) },
    make: ssc => {
      if (from === 'batches') return new BatchInput(ssc, batches, numPartitions)
      const queue = batches.map(records => ssc.sparkContext.parallelize(records, numPartitions))
      return ssc.queueStream<unknown>(queue, true)
    },
  }
}

function streamOf(
  { operator: name, parents, settings, persist }: Step,
  streams: readonly Stream[],
): Stream | undefined {
  const operator = streamOperators[name]!
  const chosen = operator.takes.map((kind, i) => {
    const fitting = [...streams.keys()].filter(at => streams[at]!.model.kind === kind)
    return fitting.at(-1 - (parents[i]! % Math.max(1, fitting.length)))
  })
  if (chosen.includes(undefined)) return undefined
  const at = chosen as number[]
  const model = operator.model(
    at.map(i => streams[i]!.model),
    settings,
  )
  if (model === undefined || model.slide > 6) return undefined
  const { n, window, slide } = settings
  return {
    code: `${name}(${at.map(i => `s${i}`).join(', ')}; n = ${n}, window = ${window}, slide = ${slide})${persist ? '.persist()' : ''}`,
    model,
    make: (_, made) => {
      const stream = operator.apply(at.map(i => made[i]!) as never, settings)
      return persist ? stream.persist() : stream
    },
  }
}

function textOf({ streams, outputs, numBatches }: Omit<StreamProgram, 'operators'>): string {
  const lines = [...streams.map(({ code }, i) => `s${i} = ${code}`), ...outputs.map(i => `collect s${i}`)]
  return `\n  ${lines.join('\n  ')}\n  ${numBatches} batches\n`
}

/** The batches of an output: number and records, in any order. */
type Collected = readonly (readonly [batch: number, records: readonly string[]])[]

export const expectedOf = ({ streams, outputs }: StreamProgram): Collected[] =>
  outputs.map(at => [...streams[at]!.model.batches].map(([batch, records]) => [batch, bag(records)] as const))

let runs = 0

/** Runs a program on the context's engine; checkpoints go to a folder of its own in `directory`. */
export async function collectedOf(
  { streams, outputs, numBatches }: StreamProgram,
  sparkContext: SparkContext,
  directory: string,
): Promise<Collected[]> {
  const ssc = new StreamingContext(sparkContext, Milliseconds(batchMs), { clock: new ManualClock(0) })
  ssc.checkpoint(join(directory, String(runs++)))
  const made: DStream<unknown>[] = []
  for (const { make } of streams) made.push(make(ssc, made))
  const collected = outputs.map(at => collectBatches(made[at]!))
  ssc.start()
  const ended = ssc.awaitTermination()
  let failure: unknown
  ended.catch((error: unknown) => (failure = error))
  await runBatches(ssc, numBatches)
  await ssc.stop(false)
  await ended.catch(() => {})
  if (failure !== undefined) throw failure
  return collected.map(batches => batches.map(({ timeMs, records }) => [timeMs / batchMs, bag(records)] as const))
}
