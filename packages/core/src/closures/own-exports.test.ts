import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Seconds } from '../time/duration.ts'
import { Time } from '../time/time.ts'
import { classes } from './class-registry.ts'
import { importedValue, loadImport } from './imports.ts'
import { registerImported } from './remembered-imports.ts'

const gone = 'file:///elsewhere/node_modules/@dstream/core/dist/time/a-file-of-another-version.js'

test('what is imported from a file of another version of this package is what this version exports under that name', async () => {
  const origin = { specifier: gone, name: 'Seconds', from: '' }
  await loadImport(origin)
  assert.equal(importedValue(origin), Seconds)
})

test('records of a class of this package are read however the class was reached when they were written, also by another version', () => {
  registerImported({ specifier: 'dstream', name: 'Time', from: 'file:///program.ts' }, Time)
  const ids = ['import:dstream#Time', 'import:@dstream/core#Time', `import:${gone}#Time`]
  assert.deepEqual(
    ids.map(id => classes.classOf(id)),
    [Time, Time, Time],
  )
})
