import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { MemoryFileSystem, registerFileSystem } from '../../../storage/index.ts'
import { listFiles, readable } from './list-files.ts'
import { splitsOf } from './splits.ts'

const root = mkdtempSync(join(tmpdir(), 'list-files-'))
after(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

const names = async (place: string, accepts: (path: string) => boolean = () => true): Promise<string[]> =>
  (await listFiles(place, accepts)).files.map(({ path }) => basename(path)).sort()

test('the files directly in a directory are listed with length and time; directories in it are not entered', async () => {
  write('one/a.txt', 'hello')
  write('one/sub/nested.txt', 'x')
  utimesSync(join(root, 'one/a.txt'), 1.5, 1.5)
  const { files, problems } = await listFiles(join(root, 'one'), () => true)
  assert.deepEqual([files, problems], [[{ path: join(root, 'one/a.txt'), length: 5, modifiedMs: 1500 }], []])
  assert.deepEqual(await names(pathToFileURL(join(root, 'one')).href), ['a.txt'])
})

test('a glob names directories', async () => {
  write('glob/d1/a', '')
  write('glob/d2/b', '')
  write('glob/e1/x', '')
  write('glob/dfile', '')
  assert.deepEqual(await names(join(root, 'glob/d*')), ['a', 'b'])
})

test('the filter sees whole paths', async () => {
  write('filter/a.csv', '')
  write('filter/b.txt', '')
  assert.deepEqual(await names(join(root, 'filter'), path => path.startsWith(root) && path.endsWith('.csv')), ['a.csv'])
})

test('a directory that is not there is a problem, not an error', async () => {
  const { files, problems } = await listFiles(join(root, 'none'), () => true)
  assert.deepEqual(files, [])
  assert.match(problems[0]!.message, /^No directory to scan: /)
})

test('a link to nowhere, and a file that vanishes while the directory is read, are left out', async () => {
  write('links/a', '')
  symlinkSync(join(root, 'nowhere'), join(root, 'links/dangling'))
  symlinkSync(join(root, 'one'), join(root, 'links/directory'))
  write('links/vanishing', '')
  const vanish = (path: string): boolean => (basename(path) === 'vanishing' && rmSync(path), true)
  assert.deepEqual(await names(join(root, 'links'), vanish), ['a'])
})

test('a file that is there and cannot be looked at is a problem of its own, and hides no other', async () => {
  write('odd/a', '')
  // Stands for a disk or a network that fails, and for rights that are missing.
  symlinkSync('x'.repeat(300), join(root, 'odd/b'))
  const { files, problems } = await listFiles(join(root, 'odd'), () => true)
  assert.deepEqual([files.length, problems.map(({ path }) => path)], [1, [join(root, 'odd/b')]])
})

test('a filter that throws is not taken for a bad directory', async () => {
  await assert.rejects(
    listFiles(join(root, 'one'), () => {
      throw new Error('user')
    }),
    /user/,
  )
})

test('a file that cannot be opened is told apart', async () => {
  const gone = { path: join(root, 'gone'), length: 1, modifiedMs: 1 }
  const there = { path: join(root, 'one/a.txt'), length: 5, modifiedMs: 1500 }
  const { can, cannot } = await readable([gone, there])
  assert.deepEqual([can, cannot.map(({ file }) => file)], [[there], [gone]])
})

test('files are cut so that all cores have work, small ones are not cut, empty ones have no split', () => {
  const mb = 1024 * 1024
  const entry = (path: string, length: number) => ({ path, length, modifiedMs: 0 })
  const lengths = (files: ReturnType<typeof entry>[], parallelism: number): [string, number][] =>
    splitsOf(files, parallelism).map(s => [s.path, s.length])
  assert.deepEqual(lengths([entry('a', 30 * mb)], 2), [['a', 15 * mb], ['a', 15 * mb]]) // prettier-ignore
  assert.deepEqual(lengths([entry('a', 1000), entry('empty', 0), entry('b', 10)], 8), [['a', 1000], ['b', 10]]) // prettier-ignore
  assert.equal(lengths([entry('a', 100 * mb)], 1).length, 4)
  const splits = splitsOf([entry('a', 10 * mb + 7)], 3)
  assert.equal(
    splits.reduce((at, split) => (assert.equal(split.start, at), at + split.length), 0),
    10 * mb + 7,
  )
})

test('a directory of a registered store is listed with URIs that the store serves; one that is not there is a problem', async () => {
  const store = new MemoryFileSystem({ now: () => 1500 })
  const undo = registerFileSystem('listed', () => store)
  await store.create('/in/a', Buffer.from('hello'))
  await store.create('/in/sub/nested', Buffer.from('x'))
  const { files, problems } = await listFiles('listed:///in/', () => true)
  assert.deepEqual([files, problems], [[{ path: 'listed:///in/a', length: 5, modifiedMs: 1500 }], []])
  const { can, cannot } = await readable([...files, { path: 'listed:///in/gone', length: 1, modifiedMs: 0 }])
  assert.deepEqual([can, cannot.map(({ file }) => file.path)], [files, ['listed:///in/gone']])
  assert.equal(
    (await listFiles('listed:///none', () => true)).problems[0]?.message,
    'No directory to scan: listed:///none',
  )
  undo()
})
