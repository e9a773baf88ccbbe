/**
 * Loaded before everything else (`node --import`), also in each worker thread: changes the text of modules as they are loaded. Nothing is
 * changed on disk.
 */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { plantedVariable, type Planted } from './planted.ts'

const text = process.env[plantedVariable]
if (text !== undefined) {
  const byPlace = Map.groupBy(
    JSON.parse(text) as readonly Planted[],
    ({ file }) => pathToFileURL(join(import.meta.dirname, '../../..', file)).href,
  )
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context)
      const changes = byPlace.get(url)
      if (changes === undefined) return loaded
      const source = Buffer.from(loaded.source as Uint8Array).toString()
      return {
        ...loaded,
        source: changes.reduce((all, { search, replace }) => all.replace(search, () => replace), source),
      }
    },
  })
}
