import { posix } from 'node:path'
import { listFiles, read } from '../check/sources.ts'
import type { FindExport } from './program.ts'

/** How an example's program, in .cache/doc-examples/, names a file of the repository. */
const specifier = (file: string) => `../../${file}`

/** Finds names in the example's own file, its folder, the folders above, and last in the public API. */
export function exportFinder(): FindExport {
  const files = listFiles('packages/*/src/**/*.ts', 'engines/*/src/**/*.ts', 'dstream/src/**/*.ts').filter(
    file => !file.endsWith('.test.ts'),
  )
  const byName = new Map<string, string[]>()
  for (const file of files)
    for (const name of valueExports(read(file))) byName.set(name, [...(byName.get(name) ?? []), file])
  const isPublic = new Set(valueExports(read('dstream/src/index.ts')))
  return (name, from) => {
    const candidates = byName.get(name) ?? []
    if (candidates.includes(from)) return specifier(from)
    if (isPublic.has(name)) return 'dstream'
    const nearest = nearestFirst(candidates, from)[0]
    return nearest === undefined || !from.endsWith('.ts') ? undefined : specifier(nearest)
  }
}

const exportPattern =
  /^export\s+(?:abstract\s+)?(?:class|function\*?|async function|const)\s+([\w$]+)|^export\s*\{([^}]*)\}/gm

/** The names of values that a file exports; what it re-exports as a type is not among them. */
function valueExports(text: string): string[] {
  return [...text.matchAll(exportPattern)].flatMap(([, name, list = '']) => {
    if (name !== undefined) return [name]
    const names = list.split(',').map(part => part.trim())
    return names
      .filter(part => part !== '' && !part.startsWith('type '))
      .map(part => part.split(/\s+as\s+/).at(-1) ?? '')
  })
}

const nearestFirst = (files: readonly string[], from: string): string[] =>
  files.toSorted((a, b) => sharedDepth(b, from) - sharedDepth(a, from) || a.length - b.length)

/** How many folders two files share, from the root. */
function sharedDepth(a: string, b: string): number {
  const mine = posix.dirname(a).split('/')
  const theirs = posix.dirname(b).split('/')
  const differ = mine.findIndex((folder, depth) => folder !== theirs[depth])
  return differ === -1 ? mine.length : differ
}
