import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { sharedEngines, withContext } from './engines.ts'
import { tried } from './settings.ts'
import { collectedOf, expectedOf, streamOperatorNames, streamPrograms } from './stream-program.ts'

const directory = mkdtempSync(join(tmpdir(), 'stream-programs-'))
const engines = sharedEngines()
after(async () => {
  await Promise.all(Object.values(engines).map(engine => engine.close()))
  rmSync(directory, { recursive: true, force: true })
})

test('any program of streams gives on both engines, batch by batch, what plain arrays give', async () => {
  await fc.assert(
    fc.asyncProperty(streamPrograms, async program => {
      const expected = expectedOf(program)
      for (const [name, engine] of Object.entries(engines)) {
        const collected = await withContext(engine, sc => collectedOf(program, sc, directory))
        assert.deepEqual(collected, expected, `on the ${name} engine`)
      }
    }),
    tried(80),
  )
})

test('the programs have every operator of streams in them', () => {
  const used = new Set(fc.sample(streamPrograms, { numRuns: 1000, seed: 1 }).flatMap(program => program.operators))
  assert.deepEqual(streamOperatorNames.filter(name => !used.has(name)), []) // prettier-ignore
})
