import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { contextFor } from './reference-context.test.ts'
import { textSplits } from './text-splits.ts'

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-text-'))
after(() => fs.rmSync(root, { recursive: true, force: true }))
const write = (name: string, text: string): string => {
  const file = path.join(root, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  return file
}
const shown = (paths: string, min = 1): string[] =>
  textSplits(paths, min).map(({ path: file, start, length }) => `${path.relative(root, file)} ${start}+${length}`)

test('files are cut into about as many splits as asked; the last may be a tenth longer', () => {
  const file = write('cut/a.txt', 'x'.repeat(100))
  assert.deepEqual(shown(file, 3), ['cut/a.txt 0+33', 'cut/a.txt 33+33', 'cut/a.txt 66+34'])
  assert.deepEqual(shown(file, 1), ['cut/a.txt 0+100'])
})

test('a directory is the files directly in it, hidden ones left out; an empty file is a split', () => {
  write('dir/b.txt', 'bb')
  write('dir/a.txt', '')
  write('dir/_SUCCESS', '')
  write('dir/.hidden', 'x')
  assert.deepEqual(shown(path.join(root, 'dir')), ['dir/a.txt 0+0', 'dir/b.txt 0+2'])
})

test('globs, several paths, file URLs', () => {
  const [a, b] = [write('glob/1/a.log', 'a'), write('glob/2/b.log', 'b')]
  write('glob/2/c.txt', 'c')
  const names = (paths: string): string[] => textSplits(paths, 1).map(split => split.path)
  assert.deepEqual(names(path.join(root, 'glob/*/*.log')), [a, b])
  assert.deepEqual(names(path.join(root, 'glob/{1,2}/*.log')), [a, b])
  assert.deepEqual(names(`${b},${a}`), [b, a])
  assert.deepEqual(names(String(pathToFileURL(a))), [a])
})

test('what is not there is said with its path', () => {
  write('nested/inner/a', 'a')
  const missing = /^Input path does not exist: file:\/\/.*nowhere/
  assert.throws(() => textSplits(path.join(root, 'nowhere'), 1), { code: 'INPUT_NOT_FOUND', message: missing })
  assert.throws(() => textSplits(path.join(root, '*.none'), 1), {
    message: /^Input Pattern file:\/\/.* matches 0 files/,
  })
  assert.throws(() => textSplits(path.join(root, 'nested'), 1), { code: 'INPUT_NOT_A_FILE', message: /^Not a file: / })
})

test('every line once, whatever the number of splits', async t => {
  const sc = contextFor(t)
  const line = fc.string({ maxLength: 5 }).map(text => text.replace(/[\r\n]/g, 'é'))
  const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')))
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (lines, splits) => {
      // A \r that is followed by an empty line ended by \n would be one line end.
      const safe = lines.map(([words, end]) => [words === '' ? '-' : words, end] as const)
      const file = write('property.txt', safe.map(([words, end]) => words + end).join(''))
      assert.deepEqual(await sc.textFile(file, splits).collect(), safe.map(([words]) => words)) // prettier-ignore
    }),
    { numRuns: 50 },
  )
})

test('a text file is named by its path and has two partitions at least', t => {
  const sc = contextFor(t)
  const file = write('two.txt', 'a\nb\nc\n')
  const lines = sc.textFile(file)
  assert.deepEqual([lines.getNumPartitions(), lines.name], [2, file])
  assert.match(lines.toDebugString(), /two\.txt HadoopRDD\[0\] at textFile at/)
})
