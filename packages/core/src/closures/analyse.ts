import { freeVariables, type FreeVariable } from './free-variables.ts'
import { rewriteClass } from './rewrite-class.ts'
import { eachChild, edited, isClass, isFunction, parseScript, type SyntaxNode } from './syntax.ts'

/** What the parser says of a function's source text. */
export interface Analysis {
  readonly form: 'expression' | 'method' | 'class'
  /** The text to compile: the source, for a class without what is carried as values (see rewrite-class.ts). */
  readonly source: string
  readonly async: boolean
  readonly arrow: boolean
  /** Has a name of its own in its text; else the name it was given must be given again. */
  readonly named: boolean
  readonly parameterCount: number
  readonly free: readonly FreeVariable[]
  readonly usesThis: boolean
  readonly usesArguments: boolean
  readonly usesSuper: boolean
  /** Does more with itself, by its own name, than call itself: it may keep state in its properties. */
  readonly writesItself: boolean
  /** Private names used and not declared in the text. */
  readonly privateNames: readonly string[]
  /** The class declares private names. */
  readonly hasPrivates: boolean
  /** Private instance fields declared by this class. */
  readonly privateFields: readonly string[]
  /** Whether the class extends something other than null. */
  readonly heritage: boolean
  readonly ownStrict: boolean
  /** What makes it impossible to take this function out of its place, if anything does. */
  readonly obstacle: 'import.meta' | 'new.target' | 'eval' | 'syntax' | undefined
}

const analyses = new Map<string, Analysis>()
const REMEMBERED = 10_000

/** Analyses a function's source text, `Function.prototype.toString`'s. Remembered by text: 1 ms the first time, nothing after. */
export function analyse(text: string): Analysis {
  let analysis = analyses.get(text)
  if (analysis === undefined) {
    analysis = analyseAnew(text)
    if (analyses.size >= REMEMBERED) analyses.delete(analyses.keys().next().value as string)
    analyses.set(text, analysis)
  }
  return analysis
}

function parsed(text: string): { program: SyntaxNode; offset: number; form: 'expression' | 'method' } | undefined {
  for (const [before, after, form] of [
    ['(', '\n)', 'expression'],
    ['({', '\n})', 'method'],
  ] as const) {
    try {
      return { program: parseScript(before + text + after), offset: before.length, form }
    } catch {
      // Not of this form.
    }
  }
  return undefined
}

function expressionOf(program: SyntaxNode): SyntaxNode {
  return (program['body'] as SyntaxNode[])[0]?.['expression'] as SyntaxNode
}

function analyseAnew(text: string): Analysis {
  const first = parsed(text)
  if (first === undefined) return nothing(text, /\bnew\s*\.\s*target\b/.test(text) ? 'new.target' : 'syntax')
  const root = expressionOf(first.program)
  if (isClass(root)) return analyseClass(text, root, first.offset)
  if (first.form === 'expression') return { ...facts(text, first.program, root), form: 'expression' }
  const property = (root['properties'] as SyntaxNode[])[0] as SyntaxNode
  const key = property['key'] as SyntaxNode
  if (property['computed'] !== true)
    return { ...facts(text, first.program, property['value'] as SyntaxNode), form: 'method', named: true }
  // The key was computed where the method was written; here only the name matters.
  const open = text.lastIndexOf('[', key.start - first.offset)
  const close = text.indexOf(']', key.end - first.offset) + 1
  const plain = edited(text, [{ start: open, end: close, text: ' "m"' }])
  const again = parsed(plain)
  if (again === undefined) return nothing(text, 'syntax')
  const method = (expressionOf(again.program)['properties'] as SyntaxNode[])[0]?.['value'] as SyntaxNode
  return { ...facts(plain, again.program, method), form: 'method', named: false }
}

function analyseClass(text: string, root: SyntaxNode, offset: number): Analysis {
  const rewritten = rewriteClass(text, root, offset)
  const again = parsed(rewritten.text)
  if (again === undefined) return nothing(text, 'syntax')
  const node = expressionOf(again.program)
  return {
    ...facts(rewritten.text, again.program, node),
    form: 'class',
    ownStrict: true,
    heritage: rewritten.heritage,
    privateFields: rewritten.privateFields,
    hasPrivates: privateNamesOf(root).length > 0,
  }
}

function nothing(source: string, obstacle: Analysis['obstacle']): Analysis {
  return {
    ...{ form: 'expression', source, async: false, arrow: false, named: false, parameterCount: 0, free: [] },
    ...{
      usesThis: false,
      usesArguments: false,
      usesSuper: false,
      writesItself: false,
      privateNames: [],
      privateFields: [],
      hasPrivates: false,
      heritage: false,
    },
    ...{ ownStrict: false, obstacle },
  }
}

function facts(source: string, program: SyntaxNode, f: SyntaxNode): Omit<Analysis, 'form'> {
  const method = expressionOf(program) !== f
  const found = walk(program, method ? 1 : 0)
  const arrow = f.type === 'ArrowFunctionExpression'
  const { usesArguments, ownName, free } = freeVariables(program, found.parents, method ? 2 : 1)
  const body = f['body'] as SyntaxNode | undefined
  const statements = body?.['body']
  const directive = Array.isArray(statements) && statements.some(s => (s as SyntaxNode)['directive'] === 'use strict')
  return {
    source,
    async: f['async'] === true,
    arrow,
    named: f['id'] !== null && f['id'] !== undefined,
    parameterCount: Array.isArray(f['params']) ? f['params'].length : 0,
    free,
    usesThis: found.usesThis,
    usesArguments,
    usesSuper: found.usesSuper,
    writesItself: ownName,
    privateNames: [...found.privateNames],
    privateFields: [],
    hasPrivates: false,
    heritage: false,
    ownStrict: directive,
    obstacle: found.importMeta ? 'import.meta' : found.evals ? 'eval' : undefined,
  }
}

interface Found {
  readonly parents: Map<SyntaxNode, SyntaxNode>
  usesThis: boolean
  usesSuper: boolean
  importMeta: boolean
  evals: boolean
  readonly privateNames: Set<string>
}

/** One pass for everything that is not a variable. `depth` counts the functions with a `this` of their own around a node. */
function walk(program: SyntaxNode, rootMethods: number): Found {
  const found: Found = {
    ...{
      parents: new Map(),
      usesThis: false,
      usesSuper: false,
      importMeta: false,
      evals: false,
      privateNames: new Set(),
    },
  }
  const visit = (node: SyntaxNode, depth: number, methods: number, declared: ReadonlySet<string>): void => {
    if (node.type === 'ThisExpression' && depth === 0) found.usesThis = true
    if (node.type === 'Super' && methods <= rootMethods) found.usesSuper = true
    if (node.type === 'MetaProperty' && (node['meta'] as SyntaxNode)['name'] === 'import') found.importMeta = true
    if (node.type === 'PrivateIdentifier' && !declared.has(node['name'] as string))
      found.privateNames.add(`#${String(node['name'])}`)
    if (
      node.type === 'CallExpression' &&
      isName(node['callee'], 'eval') &&
      !isName((node['arguments'] as unknown[])[0], 'dstream$c')
    )
      found.evals = true
    const names = isClass(node) ? new Set([...declared, ...privateNamesOf(node)]) : declared
    eachChild(node, child => {
      found.parents.set(child, node)
      const member = node.type === 'PropertyDefinition' && child === node['value']
      const own = isFunction(child) || child.type === 'StaticBlock' || member
      visit(child, depth + (own ? 1 : 0), methods + (own || isClass(child) ? 1 : 0), names)
    })
  }
  visit(program, 0, 0, new Set())
  return found
}

const isName = (node: unknown, name: string): boolean =>
  (node as SyntaxNode | undefined)?.type === 'Identifier' && (node as SyntaxNode)['name'] === name

function privateNamesOf(classNode: SyntaxNode): string[] {
  const members = (classNode['body'] as SyntaxNode)['body'] as SyntaxNode[]
  return members
    .map(member => member['key'] as SyntaxNode | undefined)
    .filter(key => key?.type === 'PrivateIdentifier')
    .map(key => key?.['name'] as string)
}
