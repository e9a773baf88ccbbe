import { DStreamError } from '../errors/dstream-error.ts'

/** Whether a path has characters of a pattern in it. */
export const isGlob = (path: string): boolean => /[*?[{\\]/.test(path)

/**
 * The regular expression of one part of a path pattern, as Hadoop's: `*` any characters, `?` one, `[a-c]` and `[^a-c]` one of a class, `{a,b}`
 * alternatives (nested too), `\` takes the next character as it is. Nothing matches a `/`.
 *
 * @throws DStreamError MALFORMED_GLOB
 */
export function globToRegExp(glob: string): RegExp {
  let source = ''
  let depth = 0
  for (let i = 0; i < glob.length; i++) {
    const char = glob[i]!
    if (char === '\\') source += literal(glob[++i] ?? malformed(glob, 'it ends with a backslash'))
    else if (char === '*') source += '[^/]*'
    else if (char === '?') source += '[^/]'
    else if (char === '{') source += (depth++, '(?:')
    else if (char === '}' && depth > 0) source += (depth--, ')')
    else if (char === ',' && depth > 0) source += '|'
    else if (char === '[') {
      const end = endOfClass(glob, i)
      source += classSource(glob.slice(i + 1, end))
      i = end
    } else source += literal(char)
  }
  if (depth > 0) malformed(glob, 'a { is not closed')
  try {
    return new RegExp(`^${source}$`, 'su')
  } catch {
    return malformed(glob, 'a class of characters is not one')
  }
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')

function endOfClass(glob: string, start: number): number {
  for (let i = start + 1 + (/[!^]/.test(glob[start + 1] ?? '') ? 1 : 0), first = i; i < glob.length; i++) {
    if (glob[i] === '\\') i++
    else if (glob[i] === ']' && i > first) return i
  }
  return malformed(glob, 'a [ is not closed')
}

function classSource(inside: string): string {
  const negated = /^[!^]/.test(inside)
  const members = (negated ? inside.slice(1) : inside).replace(/\\(.)|[[\]^]/gsu, (char, escaped?: string) => {
    const meant = escaped ?? char
    return /[\^$\\.*+?()[\]{}|/-]/.test(meant) ? `\\${meant}` : meant
  })
  return `[${negated ? '^/' : ''}${members}]`
}

function malformed(glob: string, why: string): never {
  throw new DStreamError('MALFORMED_GLOB', `The path pattern ${glob} cannot be read: ${why}`, {
    hint: 'Put a backslash before a character that stands for itself.',
  })
}

/**
 * The parts of a path pattern, split at each `/` outside of braces; and whole patterns for alternatives that hold a `/`: `/{a/b,c}/d` is
 * `/a/b/d` and `/c/d`.
 */
export function expandBraces(glob: string): string[] {
  const open = braceWithSlash(glob)
  if (open === undefined) return [glob]
  const { start, end, alternatives } = open
  return alternatives.flatMap(one => expandBraces(glob.slice(0, start) + one + glob.slice(end + 1)))
}

/** The first outermost {…} that has a slash in it. */
function braceWithSlash(glob: string): { start: number; end: number; alternatives: string[] } | undefined {
  for (let start = 0; start < glob.length; start++) {
    if (glob[start] === '\\') start++
    else if (glob[start] === '{') {
      const { end, parts } = splitOutside(glob, start + 1, '}')
      if (end === glob.length) return undefined // Not closed: globToRegExp says so.
      if (glob.slice(start, end).includes('/')) return { start, end, alternatives: parts }
      start = end
    }
  }
  return undefined
}

/** Splits at the commas that are outside of braces, up to `until` (or the end). */
export function splitOutside(text: string, from = 0, until = ''): { end: number; parts: string[] } {
  const parts: string[] = []
  let [depth, start, i] = [0, from, from]
  for (; i < text.length; i++) {
    const char = text[i]!
    if (char === '\\') i++
    else if (depth === 0 && char === until) break
    else if (char === '{') depth++
    else if (char === '}' && depth > 0) depth--
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  return { end: Math.min(i, text.length), parts: [...parts, text.slice(start, i)] }
}
