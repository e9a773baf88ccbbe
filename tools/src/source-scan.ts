import { parse } from 'acorn'
import type { Node } from 'acorn'
import { globSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** A TypeScript source as a syntax tree of JavaScript: what the tests that hold rules over the code base look at. */
export interface Source {
  /** From the root of the repository. */
  readonly path: string
  readonly program: Node
  readonly lineOf: (node: Node) => number
}

/** Every source of the given folders, without tests. Types are blanked out, so places are those of the file. */
export function sourcesIn(folders: readonly string[]): Source[] {
  const paths = globSync(
    folders.map(folder => `${folder}/**/*.ts`),
    { cwd: root },
  )
  return paths
    .filter(path => !path.endsWith('.test.ts') && !path.endsWith('.d.ts') && !path.includes('node_modules'))
    .sort()
    .map(readSource)
}

function readSource(path: string): Source {
  const code = withoutWarnings(() => stripTypeScriptTypes(readFileSync(join(root, path), 'utf8')))
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  return { path, program, lineOf: node => node.loc?.start.line ?? 0 }
}

/** Node says once that stripping types is experimental; a test's output is no place for it. */
function withoutWarnings<T>(f: () => T): T {
  const emitWarning = process.emitWarning
  process.emitWarning = () => {}
  try {
    return f()
  } finally {
    process.emitWarning = emitWarning
  }
}

/** A node as plain data: what it has besides its type depends on the type. */
export type AnyNode = Node & Readonly<Record<string, unknown>>

/** Calls `visit` for every node of a tree, parents first. */
export function visitAll(program: Node, visit: (node: AnyNode, parent: AnyNode | undefined) => void): void {
  const pending: [AnyNode, AnyNode | undefined][] = [[program as AnyNode, undefined]]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, parent] = next
    visit(node, parent)
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
        if (isNode(child)) pending.push([child, node])
    }
  }
}

export function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** The text of a string literal, else undefined. */
export function stringOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : undefined
}

/** The name of an identifier, else undefined. */
export function nameOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Identifier' && typeof value['name'] === 'string' ? value['name'] : undefined
}
