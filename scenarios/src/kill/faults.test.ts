import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { suite, test } from 'node:test'
import { unplantable, type Planted } from '@dstream/tools/planting'
import { crashPoints } from './crash-points.ts'
import { planOf, type End } from './plan.ts'
import { runRound } from './round.ts'

/** A deliberate mistake of the system, and what a round says of it. */
interface Fault extends Planted {
  readonly name: string
  /** How the program is killed. */
  readonly end: End
  readonly found: RegExp
}

const point = crashPoints.find(({ name }) => name.startsWith('a receiver knows that a block is stored'))!
/** With a block that is in the log and in no checkpoint. */
const afterBlock: End = { how: 'point', point, hit: 12 }
const betweenBatches: End = { how: 'chance', since: 'firstBatch', afterMs: 500 }

const streaming = 'packages/core/src/streaming'

const faults: readonly Fault[] = [
  {
    name: 'a block is acknowledged that never gets into the log',
    end: afterBlock,
    file: `${streaming}/receivers/received-data.ts`,
    search: 'return this.#record(event).then(',
    replace: 'return Promise.resolve().then(',
    found: /was stored and is in no batch|was acknowledged and is in no batch/,
  },
  {
    name: 'blocks that are in the log and in no checkpoint are forgotten',
    end: afterBlock,
    file: `${streaming}/write-ahead-log/driver-log/driver-log.ts`,
    search: "event.type !== 'batchesCleaned'",
    replace: "event.type !== 'batchesCleaned' && event.type !== 'blockAdded'",
    found: /was stored and is in no batch/,
  },
  {
    name: 'batches that were missed are not run',
    end: betweenBatches,
    file: `${streaming}/context/streaming-run.ts`,
    search: 'this.#generator.start(firstMs, {',
    replace: 'this.#generator.start(firstMs, 1 > 0 ? { again } : {',
    found: /was not put out/,
  },
]

/** What a kill hits depends on how fast the machine is: so many rounds may pass by. */
const mostRounds = 4

suite('a round finds out that', { concurrency: 2 }, () => {
  for (const fault of faults)
    test(fault.name, { timeout: 540_000 }, async () => {
      assert.equal(unplantable(fault), undefined)
      for (let round = 0; round < mostRounds; round++) if (await isFound(fault, 2000 + round)) return
      assert.fail(`${mostRounds} rounds have not found it`)
    })
})

async function isFound(fault: Fault, seed: number): Promise<boolean> {
  const { end, found } = fault
  const lives = [{ end, withFactory: true }]
  const { wrong, directory } = await runRound({ ...planOf(seed, []), faults: [fault], lives })
  rmSync(directory, { recursive: true, force: true })
  return wrong.some(text => found.test(text))
}
