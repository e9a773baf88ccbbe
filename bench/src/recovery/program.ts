/** `program.ts first|second PROGRAM`: one of the two runs of a recovery. A program by itself, since the time to load what it needs is measured. */
import type { MillionKeys } from './million-keys.ts'
import { firstRun, secondRun } from './runs.ts'

const [which, program] = process.argv.slice(2) as [string, string]
console.log(JSON.stringify(await (which === 'first' ? firstRun : secondRun)(JSON.parse(program) as MillionKeys)))
process.exit()
