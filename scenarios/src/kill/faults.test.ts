import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { suite, test } from 'node:test'
import { unplantable, type Planted } from '@dstream/tools/planting'
import { crashPoints } from './crash-points.ts'
import { planOf } from './plan.ts'
import { runRound } from './round.ts'

/** A deliberate mistake of the system, and what a round says of it. */
interface Fault extends Planted {
  readonly name: string
  readonly found: RegExp
}

const streaming = 'packages/core/src/streaming'

const faults: readonly Fault[] = [
  {
    name: 'a block is acknowledged before it is in the log',
    file: `${streaming}/receivers/receiver-tracker.ts`,
    search: 'if (this.#record !== undefined) await this.#record(event)',
    replace: 'setTimeout(() => void this.#record?.(event), 1500)',
    found: /was stored and is in no batch|was acknowledged and is in no batch/,
  },
  {
    name: 'blocks that are in the log and in no checkpoint are forgotten',
    file: `${streaming}/write-ahead-log/driver-log/driver-log.ts`,
    search: "event.type !== 'batchesCleaned'",
    replace: "event.type !== 'batchesCleaned' && event.type !== 'blockAdded'",
    found: /was stored and is in no batch/,
  },
  {
    name: 'batches that were missed are not run',
    file: `${streaming}/context/streaming-run.ts`,
    search: 'this.#generator.start(this.#firstMs, {',
    replace: 'this.#generator.start(this.#firstMs, 1 > 0 ? { again } : {',
    found: /was not put out/,
  },
]

/** A block is in the log and in no checkpoint then. */
const point = crashPoints.find(({ name }) => name.startsWith('a receiver knows that a block is stored'))!

suite('a round finds out that', { concurrency: 2 }, () => {
  for (const fault of faults)
    test(fault.name, { timeout: 120_000 }, async () => {
      assert.equal(unplantable(fault), undefined)
      const plan = planOf(2000, [])
      const end = { how: 'point', point, hit: 12 } as const
      const { wrong, directory } = await runRound({ ...plan, faults: [fault], lives: [{ end, withFactory: true }] })
      rmSync(directory, { recursive: true, force: true })
      assert.ok(
        wrong.some(text => fault.found.test(text)),
        wrong.slice(0, 5).join('\n'),
      )
    })
})
