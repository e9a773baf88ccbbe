/**
 * Simulates seeds and tells what came of each, one line of JSON after the other: `node run-seeds.ts FIRST COUNT STEP`. What is planted is
 * planted in this process.
 */
import { simulateSeed } from './simulate-seed.ts'

const [first, count, step] = process.argv.slice(2, 5).map(Number) as [number, number, number]

for (let i = 0; i < count; i += step) {
  const outcome = await simulateSeed(first + i)
  process.stdout.write(`${JSON.stringify(outcome)}\n`)
}
