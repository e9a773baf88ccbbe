import assert from 'node:assert/strict'
import { cpSync, globSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { SparkConf, SparkContext, Seconds, StateSpec, StreamingContext, type DStream, type State } from 'dstream'
import { BatchInput, ManualClock, untilIdle } from 'dstream/testing'

type Pair = [string, number]
type Lists = [string, number[]]

const home = mkdtempSync(join(tmpdir(), 'dstream-in-place-'))
after(() => rmSync(home, { recursive: true, force: true }))

/** More than a file's frame holds in each partition, so that a save is under way for a while. */
const keys = 20_000
const batches = 18

/** All keys in the first batch, then some of them. */
const input = Array.from({ length: batches }, (_, batch) =>
  Array.from({ length: batch === 0 ? keys : 400 }, (_, i): Pair => [`key${(i * (97 + batch)) % keys}`, batch]),
)

/** What a program that never stopped would hold: of each key the batches that it came in. */
const expected = new Map<string, number[]>()
for (const [key, batch] of input.flat()) {
  const list = expected.get(key)
  if (list === undefined) expected.set(key, [batch])
  else list.push(batch)
}

const builds: Readonly<Record<string, (pairs: DStream<Pair>) => DStream<Lists>>> = {
  updateStateByKey: pairs =>
    pairs.updateStateByKey((values: readonly number[], list: number[] | undefined) => {
      list ??= []
      list.push(...values)
      return list
    }, 2),
  mapWithState: pairs =>
    pairs
      .mapWithState(
        StateSpec.function((_key: string, value: number | undefined, state: State<number[]>) => {
          if (state.exists()) state.get().push(value!)
          else state.update([value!])
        }).numPartitions(2),
      )
      .checkpoint(Seconds(2))
      .stateSnapshots(),
}

interface Life {
  readonly last: Lists[]
  /** Copies of the checkpoint directory, taken while batches and saves ran. */
  readonly copies: string[]
}

/** Runs from a checkpoint, or anew, `burst` batches due at a time. */
async function live(name: string, directory: string, burst: number, copyTo?: string): Promise<Life> {
  const sc = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('in place'))
  sc.setLogLevel('OFF')
  const newest = globSync(join(directory, 'checkpoint-*')).map(path => Number(/(\d+)$/.exec(path)?.[1] ?? 0))
  const clock = new ManualClock(Math.max(0, ...newest) + 500)
  const life: Life = { last: [], copies: [] }
  try {
    await run(clock)
  } finally {
    await StreamingContext.getActive()?.stop(false)
    await sc.stop()
  }
  return life

  async function run(clock: ManualClock): Promise<void> {
    let batch = 0
    const ssc = await StreamingContext.getOrCreate(directory, () => {
      const made = new StreamingContext(sc, Seconds(1), { clock })
      made.checkpoint(directory)
      const pairs = new BatchInput(made, input, 2)
      const lists = builds[name]!(pairs)
      if (name === 'updateStateByKey') lists.checkpoint(Seconds(2))
      lists.foreachRDD(async rdd => {
        life.last.splice(0, Infinity, ...(await rdd.collect()))
        if (copyTo !== undefined && ++batch % 4 === 1) life.copies.push(copyOf(directory, `${copyTo}-${batch}`))
      })
      return made
    })
    ssc.start()
    await untilIdle(ssc)
    while (clock.now() < batches * 1000) {
      clock.setTo(Math.min(batches, Math.floor(clock.now() / 1000) + burst) * 1000)
      await untilIdle(ssc)
    }
    await ssc.stop(true)
  }
}

/** What a process leaves that ends now. */
function copyOf(directory: string, to: string): string {
  for (let attempt = 0; ; attempt++) {
    try {
      rmSync(to, { recursive: true, force: true })
      cpSync(directory, to, { recursive: true })
      break
    } catch (error) {
      // A worker has renamed a file meanwhile.
      if (attempt > 20) throw error
    }
  }
  for (const lease of readdirSync(to, { recursive: true, encoding: 'utf8' })
    .filter(path => basename(path).startsWith('lease-'))
    .map(path => join(to, path)))
    writeFileSync(lease, JSON.stringify({ ...(JSON.parse(readFileSync(lease, 'utf8')) as object), released: true }))
  return to
}

/** Of a few keys, so that a difference can be read. */
function differences(lists: readonly Lists[]): string[] {
  const wrong = lists.filter(([key, list]) => JSON.stringify(list) !== JSON.stringify(expected.get(key)))
  const found = wrong.slice(0, 3).map(([key, list]) => `${key}: ${String(list)}, not ${String(expected.get(key))}`)
  return lists.length === expected.size ? found : [`${lists.length} keys`, ...found]
}

for (const name of Object.keys(builds)) {
  test(`${name}: objects changed in place, while they are saved and before, are after a restart what they are without one`, async () => {
    const place = join(home, name)
    const { last, copies } = await live(name, place, 6, `${place}-copy`)
    assert.deepEqual(differences(last), [])
    const graceful = await live(name, place, 1)
    assert.deepEqual(differences(graceful.last), [], 'after a graceful stop')
    assert.ok(copies.length >= 4, `${copies.length} copies`)
    for (const [i, copy] of copies.entries()) {
      // The paths of what is saved are in the checkpoint: it is used where it was.
      rmSync(place, { recursive: true })
      renameSync(copy, place)
      assert.deepEqual(differences((await live(name, place, 1 + (i % 4))).last), [], copy)
    }
  })
}
