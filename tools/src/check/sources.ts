import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../source-scan.ts'

/** Where code lives: packages first, then what uses them. */
export const codeFolders = [
  'packages/*',
  'engines/*',
  'dstream',
  'conformance',
  'scenarios',
  'simulation',
  'examples',
  'bench',
  'tools',
] as const

/** The .ts files that match, relative to the root, with `/` and in order. */
export const listFiles = (...patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] })
    .map(file => file.replaceAll('\\', '/'))
    .sort()

export const sourceFiles = (): string[] => listFiles(...codeFolders.map(folder => `${folder}/src/**/*.ts`))

export const read = (file: string): string => readFileSync(join(root, file), 'utf8')
