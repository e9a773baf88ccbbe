import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Minutes, Seconds, StateSpec, type State } from 'dstream'
import { storeOf } from './fixture-store.ts'
import { add, latest, minus, oldParts, plus, Source, type Parts, type Program } from './old-program.ts'
import { runChanged, worldOf } from './run-program.ts'

/**
 * Checkpoints of an old program (make-fixtures.ts) × changed programs. Every cell says what the report has to say of each stream, or with which code the program is
 * refused, and what has to come out.
 */
interface Fixture {
  readonly name: string
  /** The first batch that is run again, in seconds; states were last saved after `saved` batches. */
  readonly again: number
  readonly saved: number
}
const fixtures: readonly Fixture[] = [
  { name: 'killed', again: 7, saved: 6 },
  { name: 'stopped', again: 8, saved: 8 },
]
/** Restarts are at 9.5 s, and the last batch is this one. */
const last = 14

/** 'kept', or the outcome with what its note contains. */
type Outcomes = Readonly<Record<string, string>>
interface Change {
  readonly program: Omit<Program, 'source'> | null
  readonly refused?: string
  readonly outcomes?: (fixture: Fixture) => Outcomes
  /** What the last batch puts out, where it is not what the old program would have put out. */
  readonly results?: (fixture: Fixture) => Readonly<Record<string, unknown[]>>
}

/** The sum of a batch's `a`: from batch `from` up to `to`. */
const sumOf = (from: number, to: number): number => ((to - from + 1) * (from + to)) / 2
const asBefore: Readonly<Record<string, unknown[]>> = {
  sums: [['a', sumOf(1, last)], ['b', last], ['once', 1]], // prettier-ignore
  unnamed: [['a', sumOf(1, last)], ['b', last], ['once', 1]], // prettier-ignore
  latest: [['a', last], ['b', 1]], // prettier-ignore
  window: [['a', sumOf(last - 3, last)], ['b', 4], ['once', 0]], // prettier-ignore
  words: [],
  received: [],
}
const allKept: Outcomes = {
  Pairs: 'kept',
  words: 'kept',
  received: 'kept',
  sums: 'kept',
  'Pairs → mapValues → updateStateByKey': 'kept',
  latest: 'kept',
  window: 'kept',
}
const withParts = (changed: Parts): Omit<Program, 'source'> => ({ parts: { ...oldParts, ...changed } })
const { sums: _, ...withoutSums } = oldParts as Parts
const twice = (values: readonly number[], sum: number | undefined): number => add(values, sum) + add(values, 0)
interface Sum {
  readonly sum: number
}
const summed = (values: readonly number[], state: Sum | undefined): Sum => ({ sum: add(values, state?.sum) })
const migrate = (_key: string, sum: number): Sum => ({ sum })
const asSums = (pairs: readonly unknown[]): unknown[] => (pairs as [string, number][]).map(([k, sum]) => [k, { sum }])
const changedSums = (through: Parts[string]): Omit<Program, 'source'> => withParts({ sums: through })

const cells: Readonly<Record<string, Change>> = {
  'the same program': { program: withParts({}) },
  'the program of the checkpoint, without its factory': { program: null },
  'another update function': {
    program: changedSums(pairs => pairs.updateStateByKey(twice, 2).uid('sums').checkpoint(Seconds(2))),
    outcomes: () => ({ sums: 'changed another update function' }),
    results: ({ saved }) => ({
      sums: [['a', sumOf(1, saved) + 2 * sumOf(saved + 1, last)], ['b', saved + 2 * (last - saved)], ['once', 1]], // prettier-ignore
    }),
  },
  'an operator before a stream with a uid': {
    program: changedSums(pairs => pairs.map(([key, n]) => [key, n] as const).updateStateByKey(add, 2).uid('sums').checkpoint(Seconds(2))), // prettier-ignore
  },
  'an operator before a stream without a uid': {
    program: withParts({
      unnamed: pairs =>
        pairs
          .filter(() => true)
          .mapValues(n => n)
          .updateStateByKey(add, 2),
    }),
    outcomes: () => ({
      'Pairs → mapValues → updateStateByKey': 'dropped no stream of the program has this key',
      'Pairs → filter → mapValues → updateStateByKey': 'added it begins with batch',
    }),
    results: ({ again }) => ({ unnamed: [['a', sumOf(again, last)], ['b', last - again + 1]] }), // prettier-ignore
  },
  'a stream under another uid': {
    program: changedSums(pairs => pairs.updateStateByKey(add, 2).uid('totals').checkpoint(Seconds(2))),
    outcomes: () => ({ sums: 'dropped', totals: 'added' }),
    results: ({ again }) => ({ sums: [['a', sumOf(again, last)], ['b', last - again + 1]] }), // prettier-ignore
  },
  'other numbers of partitions': {
    program: withParts({
      sums: pairs => pairs.updateStateByKey(add, 3).uid('sums').checkpoint(Seconds(2)),
      latest: pairs => pairs.mapWithState(StateSpec.function(latest).numPartitions(5).timeout(Seconds(6))).uid('latest').checkpoint(Seconds(2)).stateSnapshots(), // prettier-ignore
    }),
    outcomes: () => ({ sums: 'changed 2 partitions, now 3', latest: 'changed 2 partitions, now 5' }),
  },
  'another timeout': {
    program: withParts({
      latest: pairs => pairs.mapWithState(StateSpec.function(latest).numPartitions(2).timeout(Minutes(1))).uid('latest').checkpoint(Seconds(2)).stateSnapshots(), // prettier-ignore
    }),
    outcomes: () => ({ latest: 'changed timeout 6000, now 60000 (ms)' }),
    // Batch 8, in which `once` would have been over, is run again.
    results: () => ({ latest: [['a', last], ['b', 1], ['once', 1]] }), // prettier-ignore
  },
  'a stream left out': {
    program: { parts: withoutSums },
    outcomes: () => ({ sums: 'dropped no stream of the program has this key' }),
  },
  'a stream more': {
    program: withParts({ more: pairs => pairs.updateStateByKey(add, 2).uid('more') }),
    outcomes: () => ({ more: 'added it begins with batch' }),
    results: ({ again }) => ({ more: [['a', sumOf(again, last)], ['b', last - again + 1]] }), // prettier-ignore
  },
  'a longer window': {
    program: withParts({
      window: pairs => pairs.reduceByKeyAndWindow(plus, minus, Seconds(5), Seconds(1)).uid('window'),
    }),
    outcomes: () => ({ window: 'dropped its window was 4000 ms and is 5000 ms' }),
    // It begins anew: batches from before are neither in it nor taken out of it.
    results: () => ({ window: [['a', sumOf(last - 4, last)], ['b', 5]] }), // prettier-ignore
  },
  'updateStateByKey made a mapWithState': {
    program: changedSums(pairs =>
      pairs
        .mapWithState(
          StateSpec.function((_key: string, n: number | undefined, sum: State<number>) =>
            sum.update((sum.getOption() ?? 0) + n!),
          ).numPartitions(2),
        ) // prettier-ignore
        .uid('sums')
        .checkpoint(Seconds(2))
        .stateSnapshots(),
    ),
    outcomes: () => ({ sums: 'changed it was an updateStateByKey' }),
  },
  'mapWithState made an updateStateByKey': {
    program: withParts({
      latest: pairs => pairs.updateStateByKey((values: number[], before?: number) => values.at(-1) ?? before, 2).uid('latest'), // prettier-ignore
    }),
    outcomes: () => ({ latest: 'changed it was a mapWithState, timeout 6000, now none (ms)' }),
    results: ({ saved }) => ({ latest: [['a', last], ['b', 1], ...(saved < 8 ? [['once', 1]] : [])] }), // prettier-ignore
  },
  'states of another form, with a migration, spread anew behind another operator': {
    program: changedSums(pairs => pairs.filter(() => true).updateStateByKey(summed, { numPartitions: 3, version: 1, migrate }).uid('sums').checkpoint(Seconds(2))), // prettier-ignore
    outcomes: () => ({ sums: 'changed another update function, 2 partitions, now 3, states of version 0, now 1' }),
    results: () => ({ sums: asSums(asBefore['sums']!) }),
  },
  'states of another form without a migration': {
    program: changedSums(pairs => pairs.updateStateByKey(summed, { numPartitions: 2, version: 1 }).uid('sums')),
    refused: 'STATE_VERSION',
  },
  'another batch interval': { program: { ...withParts({}), batchMs: 500 }, refused: 'CHECKPOINT_BATCH_INTERVAL' },
  'two streams with one uid': {
    program: withParts({ more: pairs => pairs.updateStateByKey(add, 2).uid('sums') }),
    refused: 'DUPLICATE_UID',
  },
  'several reasons': {
    program: { ...withParts({ more: pairs => pairs.updateStateByKey(add, 2).uid('sums') }), batchMs: 500 },
    refused: 'CHECKPOINT_REFUSED',
  },
}

for (const fixture of fixtures) {
  for (const [name, change] of Object.entries(cells)) {
    test(`${fixture.name} × ${name}`, async () => {
      const undo = worldOf(await storeOf(fixture.name))
      const run = () => runChanged(change.program && { ...change.program, source: new Source() }, 9500, last * 1000)
      try {
        if (change.refused === undefined) await holdsUp(fixture, change, run)
        else await assert.rejects(run, { code: change.refused })
      } finally {
        undo()
      }
    })
  }
}

async function holdsUp(fixture: Fixture, { outcomes, results }: Change, run: () => ReturnType<typeof runChanged>) {
  const { report, outputs } = await run()
  assert.equal(report.batchMs, fixture.again * 1000)
  const said = Object.fromEntries(report.streams.map(({ key, outcome, note }) => [key, `${outcome} ${note}`.trim()]))
  const expected = { ...allKept, ...outcomes?.(fixture) }
  assert.deepEqual(Object.keys(said).sort(), Object.keys(expected).sort())
  for (const [key, text] of Object.entries(expected))
    assert.ok(text === 'kept' ? said[key] === text : said[key]!.startsWith(text), `${key}: ${said[key]}, not ${text}`)
  const lastOf = new Map([...outputs].map(([name, batches]) => [name, batches.get(last * 1000)]))
  const wanted = { ...asBefore, ...results?.(fixture) }
  for (const [name, records] of lastOf) assert.deepEqual(records, wanted[name], name)
  for (const [name, batches] of outputs) {
    const times = [...batches.keys()].sort((a, b) => a - b)
    assert.deepEqual(
      times,
      Array.from({ length: last - fixture.again + 1 }, (_, i) => (fixture.again + i) * 1000),
      name,
    )
  }
  // Files and blocks come in the batches that had them, or in those of their times: each once.
  assert.deepEqual(batchesOf(outputs.get('words')!), fixture.again === 7 ? { 7: ['second'], 8: ['third'] } : { 8: ['third'] }) // prettier-ignore
  assert.deepEqual(batchesOf(outputs.get('received')!), { 8: ['second', 'third'] })
}

/** The records of the batches that have some, by second. */
const batchesOf = (batches: ReadonlyMap<number, unknown[]>): Record<number, unknown[]> =>
  Object.fromEntries([...batches].filter(([, records]) => records.length > 0).map(([ms, records]) => [ms / 1000, records])) // prettier-ignore
