import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fileSystemFor, registerFileSystem } from './file-systems.ts'
import { globToRegExp } from './glob.ts'
import { inputFiles, matching } from './input-files.ts'
import { MemoryFileSystem } from './memory-file-system.ts'

async function storeWith(...paths: string[]): Promise<MemoryFileSystem> {
  const fs = new MemoryFileSystem()
  for (const path of paths) await fs.create(path, Buffer.from(path))
  return fs
}

/** The paths that textFile would read, in a store of these files. */
async function read(paths: string, ...files: string[]): Promise<string[]> {
  const fs = await storeWith(...files)
  const takeBack = registerFileSystem('mem', () => fs)
  try {
    return (await inputFiles(paths)).map(file => file.path)
  } finally {
    takeBack()
  }
}

test('a directory stands for its files by name, without hidden ones', async () => {
  const files = ['/in/b', '/in/a', '/in/_SUCCESS', '/in/.a.crc', '/in/A']
  assert.deepEqual(await read('mem:///in', ...files), ['/in/A', '/in/a', '/in/b'])
})

test('a directory that has files and a directory in it is refused as Hadoop does', () =>
  assert.rejects(read('mem:///in', '/in/a', '/in/sub/x'), {
    code: 'INPUT_NOT_A_FILE',
    message: /^Not a file: \/in\/sub/,
  }))

test('a path that leads to nothing is refused with the text of Spark', async () => {
  await assert.rejects(read('mem:///none'), {
    code: 'INPUT_NOT_FOUND',
    message: /^Input path does not exist: mem:\/\/\/none/,
  })
  await assert.rejects(read('mem:///no*e'), {
    code: 'INPUT_NOT_FOUND',
    message: /^Input Pattern mem:\/\/\/no\*e matches 0 files/,
  })
})

test('an empty directory has no files, which is no error', async () => {
  const fs = new MemoryFileSystem()
  await fs.mkdirs('/empty')
  const takeBack = registerFileSystem('mem', () => fs)
  assert.deepEqual(await inputFiles('mem:/empty'), [])
  takeBack()
})

test('several paths are separated by commas, but not inside braces', async () => {
  assert.deepEqual(await read('mem:/{a,b}/x,mem:/c', '/a/x', '/b/x', '/c'), ['/a/x', '/b/x', '/c'])
})

test('patterns match parts of a path', async () => {
  const fs = await storeWith(
    '/logs/2024-01/a.log',
    '/logs/2024-02/b.log',
    '/logs/2023-12/c.log',
    '/logs/2024-01/_x.log',
    '/logs/readme',
  )
  const paths = async (pattern: string) => (await matching(fs, pattern)).map(file => file.path)
  assert.deepEqual(await paths('/logs/2024-*/*.log'), ['/logs/2024-01/a.log', '/logs/2024-02/b.log'])
  assert.deepEqual(await paths('/logs/202[0-3]-*/?.log'), ['/logs/2023-12/c.log'])
  assert.deepEqual(await paths('/logs/{2024-01/a,2023-12/c}.log'), ['/logs/2023-12/c.log', '/logs/2024-01/a.log'])
  assert.deepEqual(await paths('/logs/202[^4]*'), ['/logs/2023-12'])
  assert.deepEqual(await paths('/logs/read\\me'), ['/logs/readme'])
  assert.deepEqual(await paths('/*/nothing'), [])
})

test('a file whose name looks like a pattern is found by its name', async () => {
  const fs = await storeWith('/in/a[1]', '/in/a1')
  assert.deepEqual(
    (await matching(fs, '/in/a[1]')).map(file => file.path),
    ['/in/a[1]'],
  )
})

test('what is escaped in a pattern stands for itself, whatever it is', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), name => {
      const escaped = name.replace(/[^\w]/g, '\\$&')
      assert.ok(globToRegExp(escaped).test(name))
      assert.ok(!globToRegExp(escaped).test(`${name}x`))
      const [first] = name
      assert.ok(globToRegExp(`[\\${first}]`).test(first!))
    }),
  ))

test('a pattern that is not one is refused', () => {
  for (const pattern of ['{a', '[a', 'a\\', '[]', '[z-a]'])
    assert.throws(() => globToRegExp(pattern), { code: 'MALFORMED_GLOB' }, pattern)
})

test('paths and file: URIs lead to the local disk, relative ones from the working directory', () => {
  assert.equal(fileSystemFor('/a/b c').path, '/a/b c')
  assert.equal(fileSystemFor('file:///a/b%20c').path, '/a/b%20c')
  assert.equal(fileSystemFor('file:/a/../b').path, '/b')
  assert.equal(fileSystemFor('x/y').path, `${process.cwd()}/x/y`)
})

test('each authority of a scheme is a store of its own', () => {
  const takeBack = registerFileSystem('mem', () => new MemoryFileSystem())
  const [a, again, b] = ['mem://one/x', 'mem://one/y', 'mem://two/x'].map(fileSystemFor)
  assert.equal(a!.path, '/x')
  assert.equal(a!.fileSystem, again!.fileSystem)
  assert.notEqual(a!.fileSystem, b!.fileSystem)
  takeBack()
})

test('a scheme that nobody serves is refused, with what to do', () =>
  assert.throws(() => fileSystemFor('s3://bucket/key'), {
    code: 'UNKNOWN_FILE_SYSTEM',
    message: /No FileSystem for scheme "s3".*registerFileSystem\('s3'/s,
  }))
