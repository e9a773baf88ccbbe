/**
 * `run-all.ts FILE…`: imports every program, prints one JSON line for each that fails: `{ file, message }`. It works in the temporary folder,
 * which is the run's own, with the files that the examples read.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const files = process.argv.slice(2).map(file => resolve(file))
process.chdir(tmpdir())
for (const folder of ['tmp', 'data', 'data/in']) mkdirSync(folder, { recursive: true })
for (const file of ['words.txt', 'scores.txt']) writeFileSync(file, 'to\nbe\n')
writeFileSync('spam.tsv', 'to\t0.9\nbe\t0.1\n')

for (const file of files) {
  try {
    await import(pathToFileURL(file).href)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stdout.write(`${JSON.stringify({ file, message })}\n`)
  }
}
process.exit(0)
