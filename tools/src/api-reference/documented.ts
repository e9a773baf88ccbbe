import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { placesOf } from '../public-api/declarations.ts'
import { root } from '../source-scan.ts'
import { docComment, type DocComment } from './doc-comment.ts'

/** A piece of a .d.ts: a statement, or a member of a class, with the docstring before it. */
export interface Documented {
  readonly name: string
  /** Without comments in front, and without `export declare`. */
  readonly code: string
  readonly doc: DocComment
}

/** What a .d.ts declares under a name, and where: overloads are several. */
export interface Declared {
  readonly file: string
  readonly parts: readonly Documented[]
}

/** Looks a name up as a module sees it, through imports and re-exports; undefined where it is of no package of ours. */
export function lookUp(file: string, name: string): Declared | undefined {
  const text = readFileSync(file, 'utf8')
  const parts = partsOf(text, statementName).filter(part => part.name === name)
  if (parts.length > 0) return { file, parts }
  for (const [, list = '', specifier = ''] of text.matchAll(
    /\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*['"]([^'"]+)['"]/g,
  )) {
    for (const item of list.split(',')) {
      const [original = '', alias = original] = item
        .trim()
        .replace(/^type\s+/, '')
        .split(/\s+as\s+/)
      const target = alias === name ? declarationsFile(file, specifier) : undefined
      if (target !== undefined) return lookUp(target, original)
    }
  }
  return undefined
}

/** The built .d.ts that a module names. */
function declarationsFile(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier.replace(/\.(?:ts|js)$/, '.d.ts'))
  const folders: Readonly<Record<string, string>> = {
    '@dstream/core': 'packages/core',
    '@dstream/local': 'engines/local',
  }
  const [scope, name, entry = 'index'] = specifier.split('/')
  const folder = folders[`${scope}/${name}`]
  if (folder === undefined) return undefined
  const file = join(root, folder, 'dist', entry)
  return [`${file}.d.ts`, join(file, 'index.d.ts')].find(candidate => existsSync(candidate))
}

/** The members of a class, with their docstrings. */
export const membersOf = (classCode: string): Documented[] =>
  partsOf(classCode.slice(classCode.indexOf('{\n') + 1, classCode.lastIndexOf('}')), memberName)

function partsOf(text: string, nameOf: (code: string) => string | undefined): Documented[] {
  // The same text without comments, every other character in its place.
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, comment => comment.replaceAll(/[^\n]/g, ' '))
  return placesOf(bare).flatMap(([from, to]) => {
    const start = from + /^\s*/.exec(bare.slice(from, to))![0].length
    const name = nameOf(bare.slice(start, to))
    if (name === undefined) return []
    const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(from, start))
    return [{ name, code: withoutKeywords(text.slice(start, to)), doc: docComment(comment?.[0].trim() ?? '') }]
  })
}

const withoutKeywords = (code: string): string => code.replace(/^(?:export\s+)?(?:declare\s+)?/, '')

const statementName = (code: string): string | undefined =>
  /^(?:export\s+)?(?:declare\s+)?(?:abstract\s+)?(?:class|interface|type|function|const)\s+([\w$]+)/.exec(code)?.[1]

/** Undefined for what is nobody's business: private members and those behind symbols. */
function memberName(code: string): string | undefined {
  if (/^(?:private|#)/.test(code)) return undefined
  return /^(?:(?:static|readonly|abstract|protected|get|set|declare|override)\s+)*([\w$]+)\s*[?(<:]/.exec(code)?.[1]
}
