import { loadCases } from './cases.ts'
import { compare, vectors } from './compare.ts'
import { writePins } from './pins.ts'
import { runAll } from './run-all.ts'

/** `npm run conformance:pin`: runs the vectors and writes down how many of each theme pass now. */
const { actual } = await runAll(loadCases(vectors), { master: 'local[2]' })
const { passed, text } = compare(actual)
console.log(text)
writePins(passed)
