import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, collectBatches, lookInto, runBatches, streamingTest } from '../../testing/index.ts'
import { Seconds, type Time } from '../../time/index.ts'
import type { StreamingContext } from '../context/streaming-context.ts'
import type { DStream } from '../dstream/dstream.ts'
import { StateSpec, type MapWithStateDStream, type State } from './index.ts'

registerFileSystem('memory', () => new MemoryFileSystem())

type Pair = readonly [string, number]

const runningSum = (key: string, value: number | undefined, state: State<number>) => {
  state.update((state.getOption() ?? 0) + (value ?? 0))
  return [key, state.get()]
}

/** Runs the batches; what was mapped in each, and the state after each. */
async function run<M>(
  input: readonly (readonly Pair[] | null)[],
  through: (pairs: DStream<Pair>, ssc: StreamingContext) => MapWithStateDStream<string, unknown, M>,
  n = input.length,
) {
  const { ssc, close } = streamingTest()
  ssc.sparkContext.setLogLevel('OFF')
  ssc.checkpoint('memory:///checkpoint')
  const stream = through(new BatchInput<Pair>(ssc, input), ssc)
  const mapped = collectBatches(stream)
  const states = collectBatches(stream.stateSnapshots())
  ssc.start()
  await runBatches(ssc, n)
  await close()
  const sorted = (records: readonly unknown[]): unknown[] => records.map(r => JSON.stringify(r)).sort().map(r => JSON.parse(r) as unknown) // prettier-ignore
  return { mapped: mapped.map(b => b.records), states: states.map(b => sorted(b.records)) }
}

test('the function is called for each value, in order; the state is there in every batch', async () => {
  const { mapped, states } = await run([[['a', 1], ['a', 2]], null, [['b', 5]]], pairs => pairs.mapWithState(StateSpec.function(runningSum).numPartitions(1))) // prettier-ignore
  assert.deepEqual(mapped, [[['a', 1], ['a', 3]], [], [['b', 5]]]) // prettier-ignore
  assert.deepEqual(states, [[['a', 3]], [['a', 3]], [['a', 3], ['b', 5]]]) // prettier-ignore
})

test('a batch calls the function for the keys it touches and for no other', async () => {
  const counters = globalThis as { calls?: number }
  counters.calls = 0
  const counting = (_key: string, value: number | undefined, state: State<number>) => {
    ;(globalThis as { calls?: number }).calls!++
    state.update(value ?? 0)
  }
  const many = Array.from({ length: 1000 }, (_, i): Pair => [`key${i}`, i])
  const input = [many, ...Array.from({ length: 25 }, (): Pair[] => [['key7', 1], ['new', 1]])] // prettier-ignore
  const { states } = await run(input, pairs => pairs.mapWithState(StateSpec.function(counting)))
  assert.equal(counters.calls, 1000 + 25 * 2)
  assert.equal(states.at(-1)!.length, 1001)
  delete counters.calls
})

test('keys without data are over after the timeout, once the stream is checkpointed', async () => {
  const f = (time: Time, key: string, value: number | undefined, state: State<number>) => {
    if (state.isTimingOut()) return [time.milliseconds, key, 'over', state.get(), value]
    state.update(value!)
    return undefined
  }
  const { mapped, states } = await run([[['a', 1]], [['b', 2]]], pairs => pairs.mapWithState(StateSpec.function(f).timeout(Seconds(3))).checkpoint(Seconds(2)), 8) // prettier-ignore
  assert.deepEqual(mapped.map(records => records.length), [0, 0, 0, 0, 0, 2, 0, 0]) // prettier-ignore
  assert.deepEqual([...mapped[5]!].sort(), [[6000, 'a', 'over', 1, undefined], [6000, 'b', 'over', 2, undefined]]) // prettier-ignore
  assert.deepEqual(states.map(pairs => pairs.length), [1, 2, 2, 2, 2, 0, 0, 0]) // prettier-ignore
})

test('the last of equal keys in the initial state counts', async () => {
  const { states } = await run([null, [['b', 1]]], (pairs, ssc) => {
    const initial = ssc.sparkContext.parallelize<Pair>([['a', 1], ['a', 2]], 1) // prettier-ignore
    return pairs.mapWithState(StateSpec.function(runningSum).initialState(initial))
  })
  assert.deepEqual(states, [[['a', 2]], [['a', 2], ['b', 1]]]) // prettier-ignore
})

test('the state is checkpointed every ten slides where nothing else is said', async () => {
  const { ssc, close } = streamingTest()
  ssc.checkpoint('memory:///checkpoint')
  const stream = new BatchInput<Pair>(ssc, []).mapWithState(StateSpec.function(runningSum))
  const slower = new BatchInput<Pair>(ssc, []).mapWithState(StateSpec.function(runningSum)).checkpoint(Seconds(20))
  collectBatches(stream)
  collectBatches(slower)
  ssc.start()
  assert.deepEqual([lookInto(stream).checkpointMs, lookInto(stream).rememberMs], [10_000, 20_000])
  assert.deepEqual([lookInto(slower).checkpointMs, lookInto(slower).rememberMs], [20_000, 40_000])
  await close()
})
