import { parse } from 'acorn'

/** Any node of acorn's tree, seen loosely: the walkers here ask for few fields of many kinds. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** Parses a whole script, as a module first and as a sloppy script where that fails. Private names need not be declared in it. */
export function parseScript(text: string): SyntaxNode {
  const options = {
    ecmaVersion: 'latest',
    checkPrivateFields: false,
    allowSuperOutsideMethod: true,
    ranges: true,
  } as const
  const lenient = { allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true, allowHashBang: true } as const
  try {
    return parse(text, { ...options, ...lenient, sourceType: 'module' }) as unknown as SyntaxNode
  } catch {
    return parse(text, {
      ...options,
      ...lenient,
      allowAwaitOutsideFunction: false,
      sourceType: 'script',
    }) as unknown as SyntaxNode
  }
}

/** Calls `visit` for every child node, in the order of the text. */
export function eachChild(node: SyntaxNode, visit: (child: SyntaxNode) => void): void {
  for (const field in node) {
    const value = node[field]
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      for (const item of value as (SyntaxNode | null)[]) if (typeof item?.type === 'string') visit(item)
    } else if (typeof (value as SyntaxNode).type === 'string') visit(value as SyntaxNode)
  }
}

/** Whether a node begins a function with a `this` of its own. */
export function isFunction(node: SyntaxNode): boolean {
  return node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration'
}

export function isClass(node: SyntaxNode): boolean {
  return node.type === 'ClassExpression' || node.type === 'ClassDeclaration'
}

/** A piece of text to put in the place of another. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Applies edits that do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = ''
  let at = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** As many blanks as the text has characters, with its line breaks kept: lines after it stay where they were. */
export function blanks(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
