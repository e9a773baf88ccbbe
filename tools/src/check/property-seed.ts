/**
 * Imported before a file of tests (`--import`): its properties draw the same cases in every run, so the check fails for a change and not by luck.
 *
 * `DSTREAM_PROPERTY_SEED` takes another seed: one that a failure has printed, or a new one.
 */
import { isMainThread } from 'node:worker_threads'

const seedOfTheCheck = 20_261_123

// Worker threads get the arguments of their process too, and check no properties.
if (isMainThread) {
  const { default: fc } = await import('fast-check')
  const seed = Number(process.env['DSTREAM_PROPERTY_SEED'] ?? seedOfTheCheck)
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed, includeErrorInReport: true })
}
