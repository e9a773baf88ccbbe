import { parseArgs } from 'node:util'
import { simulateSeed } from './simulate-seed.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, seed: { type: 'string' }, trace: { type: 'boolean' } },
})
const first = Number(values.seed ?? 1)
const count = Number(values.seeds ?? 1)
let failed = 0
const t0 = performance.now()
let batches = 0,
  steps = 0
const events: Record<string, number> = {}
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulateSeed(seed, values.trace ?? false)
  if (values.trace) console.log(outcome.trace!.join('\n'))
  batches += outcome.batches
  steps += outcome.steps
  for (const [k, n] of [...outcome.coverage.events, ...outcome.coverage.faults, ...outcome.coverage.crashPoints])
    events[k] = (events[k] ?? 0) + n
  if (outcome.violations.length > 0) {
    failed++
    console.log(`seed ${seed} (${outcome.batches} batches, ${outcome.steps} steps, ${outcome.digest})`)
    for (const v of outcome.violations) console.log(`   ${v.invariant}: ${v.message}`)
  } else if (count === 1) console.log(outcome.digest)
}
console.log(events)
console.log(
  `${count - failed} passed, ${failed} failed, 0 skipped; ${batches} batches, ${steps} steps, ${((performance.now() - t0) / 1000).toFixed(1)} s`,
)
