/** `run-all.ts FILE…`: imports every program, prints one JSON line for each that fails: `{ file, message }`. */
import { pathToFileURL } from 'node:url'

for (const file of process.argv.slice(2)) {
  try {
    await import(pathToFileURL(file).href)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stdout.write(`${JSON.stringify({ file, message })}\n`)
  }
}
process.exit(0)
