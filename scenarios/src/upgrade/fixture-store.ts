import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { MemoryFileSystem } from '@dstream/core/simulation'

/** A store as it is kept in a file: each of its files with its content and when that last changed. */
export type Fixture = Readonly<Record<string, { readonly modifiedMs: number; readonly base64: string }>>

export const fixtureFile = (name: string): string => join(import.meta.dirname, 'fixtures', `${name}.json.gz`)

/** Everything that a store holds, by path. */
export async function fixtureOf(store: MemoryFileSystem): Promise<Fixture> {
  const files: Record<string, { modifiedMs: number; base64: string }> = {}
  const pending = ['/']
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const { path, isDirectory, length, modifiedMs } of await store.list(directory)) {
      if (isDirectory) {
        pending.push(path)
        continue
      }
      const reader = await store.open(path)
      files[path] = { modifiedMs, base64: Buffer.from(await reader.read(0, length)).toString('base64') }
      await reader.close()
    }
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A store with what a fixture holds. */
export async function storeOf(name: string): Promise<MemoryFileSystem> {
  const store = new MemoryFileSystem()
  const fixture = JSON.parse(gunzipSync(readFileSync(fixtureFile(name))).toString()) as Fixture
  for (const [path, { modifiedMs, base64 }] of Object.entries(fixture)) {
    await store.create(path, Buffer.from(base64, 'base64'))
    store.touch(path, modifiedMs)
  }
  return store
}
