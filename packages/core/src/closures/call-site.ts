import { readFileSync } from 'node:fs'
import { findPackageJSON, findSourceMap, SourceMap } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Home {
  /** This package's folder; in a bundle of the user's there is none, and only source maps tell whose a line is. */
  readonly own: string | undefined
  /** In the repository the packages stand side by side; installed, they are in node_modules. */
  readonly repository: string | undefined
}

/** Found when it is first asked for: workers load this module, and seldom ask. */
let home: Home | undefined
const belongs = new Map<string, boolean>()

function findHome(): Home {
  const own = packageFolder('@dstream/core')
  const isInRepository = own !== undefined && /[\\/]packages[\\/]core$/.test(own)
  return { own, repository: isInRepository ? resolve(own, '../..') : undefined }
}

function packageFolder(name: string): string | undefined {
  try {
    const file = findPackageJSON(import.meta.url)
    if (file === undefined) return undefined
    const found = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown }
    return found.name === name ? dirname(file) : undefined
  } catch {
    return undefined
  }
}

/** Whether a file is one of dstream's own packages, and not a test, an example or a program in their repository. */
function isOwn(file: string): boolean {
  let answer = belongs.get(file)
  if (answer === undefined) {
    answer = decide(file)
    belongs.set(file, answer)
  }
  return answer
}

function decide(file: string): boolean {
  if (/\.test\.[cm]?[jt]s$|[\\/]__fixtures__[\\/]/.test(file)) return false
  if (/[\\/]node_modules[\\/](@dstream|dstream)[\\/]/.test(file)) return true
  const { own, repository } = (home ??= findHome())
  if (repository === undefined) return own !== undefined && file.startsWith(own)
  const inside = file.startsWith(repository) ? file.slice(repository.length + 1) : ''
  return /^((packages|engines|connectors)[\\/][^\\/]+|dstream)[\\/](src|dist)[\\/]/.test(inside)
}

/**
 * The user's `file:line:column`: the first stack frame outside of dstream's packages and of Node, source maps applied. About 0.02 ms.
 * `unknown` where the stack holds no such frame.
 */
export function callSite(): string {
  const holder: { stack?: unknown } = {}
  const { prepareStackTrace, stackTraceLimit } = Error
  Error.stackTraceLimit = 40
  Error.prepareStackTrace = (_error, frames) => frames
  try {
    Error.captureStackTrace(holder, callSite)
    for (const frame of holder.stack as NodeJS.CallSite[]) {
      const url = frame.getFileName()
      if (!url || url.startsWith('node:') || frame.isNative()) continue
      const file = url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : url
      if (isOwn(file)) continue
      const place = [frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1] as const
      const site =
        mapped(url, file, ...place) ?? mappedByLoader(frame, prepareStackTrace) ?? `${file}:${place.join(':')}`
      if (!isOwn(site.replace(/:\d+:\d+$/, ''))) return site
    }
    return 'unknown'
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}

const maps = new Map<string, SourceMap | undefined>()

/** Where a loader that evaluates modules by itself, as vitest does, maps stack traces by itself too. */
function mappedByLoader(frame: NodeJS.CallSite, prepare: ErrorConstructor['prepareStackTrace']): string | undefined {
  try {
    const [, file, place] = /(?:at |\()([^()]+?)(:\d+:\d+)\)?$/.exec(String(prepare?.(new Error(), [frame]))) ?? []
    if (file === undefined || place === undefined) return undefined
    return (file.startsWith('file:') ? fileURLToPath(file.replace(/[?#].*$/, '')) : file) + place
  } catch {
    return undefined
  }
}

function mapped(url: string, file: string, line: number, column: number): string | undefined {
  const entry = (findSourceMap(url) ?? findSourceMap(file) ?? mapBeside(file))?.findEntry(line - 1, column - 1)
  if (entry === undefined || !('originalSource' in entry) || typeof entry.originalSource !== 'string') return undefined
  const source = entry.originalSource.startsWith('file:')
    ? fileURLToPath(entry.originalSource)
    : resolve(dirname(file), entry.originalSource)
  return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
}

/** The source map that a file names in its last line; read once per file. */
function mapBeside(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file))
  return maps.get(file)
}

function readMap(file: string): SourceMap | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    const reference = /\/\/[#@] sourceMappingURL=(\S+)\s*$/.exec(
      text.slice(text.lastIndexOf('\n', text.length - 3) + 1),
    )?.[1]
    if (reference === undefined) return undefined
    const inline = /^data:[^,]*;base64,(.*)$/.exec(reference)
    const json = inline
      ? Buffer.from(inline[1] as string, 'base64').toString()
      : readFileSync(resolve(dirname(file), reference), 'utf8')
    return new SourceMap(JSON.parse(json) as ConstructorParameters<typeof SourceMap>[0])
  } catch {
    return undefined
  }
}
