/**
 * Loaded before everything else (`node --import`), also in each worker thread: changes the text of one module as it is loaded. Nothing is
 * changed on disk.
 */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { faultVariable, type Fault } from './fault.ts'

const text = process.env[faultVariable]
if (text !== undefined) {
  const { file, search, replace } = JSON.parse(text) as Fault
  const place = pathToFileURL(join(import.meta.dirname, '../../..', file)).href
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context)
      if (url !== place) return loaded
      const source = Buffer.from(loaded.source as Uint8Array).toString()
      return { ...loaded, source: source.replace(search, () => replace) }
    },
  })
}
