import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const folder = import.meta.dirname
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
/** What changes the system on purpose. */
const ofMutations = '@dstream/tools/planting'

test('the runner imports nothing of the project but the public API and the test kit', () => {
  const foreign: string[] = []
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8')
    for (const [, specifier = ''] of text.matchAll(/(?:\bfrom |\bimport |\bimport\()'([^']+)'/g)) {
      if (specifier === 'dstream' || specifier === 'dstream/testing' || specifier.startsWith('node:')) continue
      if (specifier.startsWith('.') && join(folder, dirname(file), specifier).startsWith(folder)) continue
      if (file.startsWith('mutations/') && specifier === ofMutations) continue
      foreign.push(`${file} imports ${specifier}`)
    }
  }
  assert.deepEqual(foreign, [])
  assert.ok(files.length > 10)
})
