import { existsSync } from 'node:fs'
import { findPackageJSON, isBuiltin } from 'node:module'
import Module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { scriptOf, scriptSourceOf, type ScriptLocation } from './inspect.ts'
import { parseScript, type SyntaxNode } from './syntax.ts'

/** Where a value can be had from in any process: `name` (`*` is the whole module) of `specifier`, resolved from `from`. */
export interface ImportOrigin {
  readonly specifier: string
  readonly name: string
  readonly from: string
}

/** The URL of a script as something to resolve imports from. */
export function moduleUrl(url: string): string {
  if (url.startsWith('file:')) return url.replace(/[?#].*$/, '')
  return url.startsWith('/') || /^[a-z]:[\\/]/i.test(url) ? pathToFileURL(url).href : ''
}

const importMaps = new Map<string, ReadonlyMap<string, ImportOrigin>>()

/** The imports of packages and built-ins that a script declares, by local name. Parsed once per script, when first asked. */
export function importsOf(location: ScriptLocation): ReadonlyMap<string, ImportOrigin> {
  let imports = importMaps.get(location.scriptId)
  if (imports === undefined) {
    imports = readImports(location.scriptId)
    importMaps.set(location.scriptId, imports)
  }
  return imports
}

function readImports(scriptId: string): ReadonlyMap<string, ImportOrigin> {
  const imports = new Map<string, ImportOrigin>()
  const text = scriptSourceOf(scriptId)
  if (!/\bimport\b|__vi(te)?_(ssr_)?import/.test(text)) return imports
  const from = moduleUrl(scriptOf(scriptId)?.url ?? '')
  const add = (local: string, specifier: string, name: string): void => {
    if (isPackage(specifier, from)) imports.set(local, { specifier, name, from })
    else if (/^(\/|file:)/.test(specifier) && isPackageFile(specifier)) {
      const found = packageFileUrl(specifier, from)
      if (found !== undefined) imports.set(local, { specifier: found, name, from })
    }
  }
  // vitest runs modules as functions, with their imports as variables.
  for (const [, local, specifier] of text.matchAll(
    /\b(__vi(?:te)?_(?:ssr_)?import_\d+__)\s*=\s*await\s+[\w.]+\(\s*["']([^"']+)["']/g,
  ))
    add(local as string, specifier as string, '*')
  let program: SyntaxNode
  try {
    program = parseScript(text)
  } catch {
    return imports
  }
  for (const statement of program['body'] as SyntaxNode[]) {
    if (statement.type !== 'ImportDeclaration') continue
    const specifier = (statement['source'] as SyntaxNode)['value'] as string
    for (const s of statement['specifiers'] as SyntaxNode[]) {
      const imported = s['imported'] as SyntaxNode | undefined
      const name =
        s.type === 'ImportNamespaceSpecifier' ? '*' : s.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(imported)
      add(nameOf(s['local'] as SyntaxNode), specifier, name)
    }
  }
  return imports
}

/** The file of a package as vitest names it: absolute, behind `/@fs`, or absolute from the project's folder. */
function packageFileUrl(specifier: string, from: string): string | undefined {
  const path = specifier.startsWith('file:')
    ? fileURLToPath(moduleUrl(specifier))
    : specifier.replace(/^\/@fs(?=\/)/, '').replace(/[?#].*$/, '')
  if (existsSync(path)) return pathToFileURL(path).href
  for (
    let folder = from === '' ? '/' : dirname(fileURLToPath(from));
    folder !== dirname(folder);
    folder = dirname(folder)
  )
    if (existsSync(join(folder, path))) return pathToFileURL(join(folder, path)).href
  return undefined
}

const nameOf = (node: SyntaxNode | undefined): string => String(node?.['name'] ?? node?.['value'])

/** A specifier that names a package or a built-in, not one of the user's own modules (relative, absolute, or a path alias of his tools). */
function isPackage(specifier: string, from: string): boolean {
  if (isBuiltin(specifier)) return true
  if (/^(\.|\/|file:|#)/.test(specifier)) return false
  try {
    return findPackageJSON(specifier, from) !== undefined
  } catch {
    return false
  }
}

let builtinValues: Map<unknown, ImportOrigin> | undefined

/** The public built-ins whose loading has no side effect and prints no warning. */
const unwelcome = /^(_|sys$|punycode$|inspector|trace_events$|wasi$|repl$|test|sqlite|sea$|quic|ffi)/

/** A function, class or whole module that Node itself exports. */
export function builtinOrigin(value: unknown): ImportOrigin | undefined {
  if (builtinValues === undefined) {
    builtinValues = new Map()
    for (const name of Module.builtinModules) {
      if (unwelcome.test(name.replace(/^node:/, ''))) continue
      const exports: unknown = process.getBuiltinModule(name)
      const specifier = name.startsWith('node:') ? name : `node:${name}`
      addExports(builtinValues, specifier, '', exports)
    }
  }
  return builtinValues.get(value)
}

function addExports(into: Map<unknown, ImportOrigin>, specifier: string, from: string, exports: unknown): void {
  const add = (value: unknown, name: string): void => {
    const identified = typeof value === 'function' || (typeof value === 'object' && value !== null)
    if (identified && !into.has(value)) into.set(value, { specifier, name, from })
  }
  add(exports, 'default')
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    // Plain objects inside modules (`fs.constants`) are data; only what has identity needs an origin.
    if (typeof value === 'function') add(value, name)
  }
}

let commonJs = new Map<unknown, ImportOrigin>()
let commonJsSize = -1

/** The exports, or an exported function, of a CommonJS module that belongs to a package. */
export function packageOrigin(value: unknown): ImportOrigin | undefined {
  const cache = (Module as unknown as { _cache: Record<string, NodeModule | undefined> })._cache
  const files = Object.keys(cache)
  if (files.length !== commonJsSize) {
    commonJsSize = files.length
    commonJs = new Map()
    for (const file of files) {
      const module = cache[file]
      if (isPackageFile(file) && module?.loaded === true)
        addExports(commonJs, pathToFileURL(file).href, '', exportsOf(module))
    }
  }
  return commonJs.get(value)
}

/** A function or class of a package's ES module: exported by the very file that it was written in. */
export function esModuleOrigin(value: unknown, url: string): ImportOrigin | undefined {
  if (!url.startsWith('file:') || !isPackageFile(fileURLToPath(moduleUrl(url)))) return undefined
  try {
    // The module is loaded already: this answers its namespace and runs nothing.
    const exports = Module.createRequire(import.meta.url)(fileURLToPath(moduleUrl(url))) as object
    for (const name of Object.keys(exports)) {
      if ((exports as Record<string, unknown>)[name] === value) return { specifier: moduleUrl(url), name, from: '' }
    }
  } catch {
    // A module with top-level await, or one that is still loading: not provable.
  }
  return undefined
}

/** Whether `value` is the exports object of a CommonJS module. */
export function isModuleExports(value: unknown): boolean {
  const cache = (Module as unknown as { _cache: Record<string, NodeModule | undefined> })._cache
  return Object.values(cache).some(module => module !== undefined && exportsOf(module) === value)
}

export const isPackageFile = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file)

function exportsOf(module: NodeModule): unknown {
  return module.exports
}
