import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { root } from '../source-scan.ts'
import { importsOf } from '../layers/layers.ts'
import { read } from './sources.ts'

const specifiers = new Map<string, readonly string[]>()

/** Whether a file of tests has properties: it imports fast-check, or what it imports from its package does. */
export const hasProperties = (file: string): boolean => reachesFastCheck(file, new Set())

function reachesFastCheck(file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false
  seen.add(file)
  const found = specifiersOf(file)
  return (
    found.includes('fast-check') ||
    found.some(one => one.startsWith('.') && reachesFastCheck(posix.join(posix.dirname(file), one), seen))
  )
}

function specifiersOf(file: string): readonly string[] {
  let found = specifiers.get(file)
  // Tests have texts of programs in them, whose imports lead nowhere.
  found ??= existsSync(join(root, file)) ? importsOf(read(file)).map(({ specifier }) => specifier) : []
  specifiers.set(file, found)
  return found
}
