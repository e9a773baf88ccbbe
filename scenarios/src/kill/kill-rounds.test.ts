import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { crashPoints, type CrashPoint } from './crash-points.ts'
import { linesOf } from './kill-rounds.ts'
import { planOf } from './plan.ts'
import { runRound, slownessNow } from './round.ts'

const pointsPerRound = 4

const rounds = Array.from({ length: Math.ceil(crashPoints.length / pointsPerRound) }, (_, i) =>
  crashPoints.slice(i * pointsPerRound, (i + 1) * pointsPerRound),
)

/** What is reached in a round depends on how fast the machine is: a point that was not gets another round. */
const mostRounds = 3

async function round(seed: number, points: readonly CrashPoint[]): Promise<void> {
  let missed = points
  for (let i = 0; i < mostRounds && missed.length > 0; i++) {
    // All of them have to fit into some minutes.
    const result = await runRound(planOf(seed + i * 1000, missed), (i + 1) * Math.min(3, slownessNow()))
    assert.deepEqual(result.wrong, [], linesOf(result).join('\n'))
    const killed = result.kills.map(({ point }) => point)
    missed = missed.filter(({ name }) => !killed.includes(name))
  }
  assert.deepEqual(missed.map(({ name }) => name), [], `not reached in ${mostRounds} rounds`) // prettier-ignore
}

suite('a program puts out what it should, wherever it is killed:', { concurrency: 2 }, () => {
  for (const [i, points] of rounds.entries())
    test(points.map(({ name }) => name).join('; '), { timeout: 540_000 }, () => round(1000 + i, points))
})
