import { analyze } from 'eslint-scope'
import type { SyntaxNode } from './syntax.ts'
import { useOf } from './uses.ts'

/** A variable that a function uses and does not declare. */
export interface FreeVariable {
  readonly name: string
  /** `w` assigned; `m` a member of it is; `r` its members are only read, or methods called that change nothing; `a` anything may happen to its value. */
  readonly use: 'w' | 'm' | 'r' | 'a'
  /** The members that are read, where nothing else is done with it (`ns.parse(x)`); else undefined. */
  readonly members: readonly string[] | undefined
  /** Where the source mentions it. */
  readonly mentions: readonly Mention[]
}

export interface Mention {
  readonly start: number
  readonly end: number
  /** `shorthand`: a property `{ n }`; `call`: what is called, `n()`. */
  readonly as: 'value' | 'shorthand' | 'call'
}

type Use = FreeVariable['use']

const strongest = (a: Use, b: Use): Use => (['w', 'm', 'a'] as const).find(use => a === use || b === use) ?? 'r'

interface Gathered {
  use: Use
  members: Set<string> | undefined
  readonly mentions: Mention[]
}

/** The free variables of a parsed function, in the order of their first mention. `offset` is what was put before its text to parse it. */
export function freeVariables(
  program: SyntaxNode,
  parents: ReadonlyMap<SyntaxNode, SyntaxNode>,
  offset: number,
): { readonly usesArguments: boolean; readonly ownName: boolean; readonly free: FreeVariable[] } {
  const sourceType = program['sourceType'] as 'module' | 'script'
  const scopes = analyze(program as never, { ecmaVersion: 2022, sourceType, ignoreEval: true })
  const found = new Map<string, Gathered>()
  let usesArguments = false
  for (const reference of scopes.globalScope?.through ?? []) {
    const node = reference.identifier as unknown as SyntaxNode
    const name = node['name'] as string
    if (name === 'arguments') {
      usesArguments = true
      continue
    }
    const { use, member } = reference.isWrite() ? { use: 'w' as const, member: undefined } : useOf(node, parents)
    const known = found.get(name)
    const gathered = known ?? { use, members: new Set<string>(), mentions: [] }
    found.set(name, gathered)
    gathered.use = strongest(gathered.use, use)
    if (member === undefined) gathered.members = undefined
    else gathered.members?.add(member)
    const mention = { start: node.start - offset, end: node.end - offset, as: formOf(node, parents) }
    if (!gathered.mentions.some(m => m.start === mention.start)) gathered.mentions.push(mention)
  }
  const own = scopes.scopes.find(scope => scope.type === 'function-expression-name')?.variables[0]?.references ?? []
  return {
    usesArguments,
    ownName: own.some(reference => useOf(reference.identifier as unknown as SyntaxNode, parents).use !== 'r'),
    free: [...found].map(([name, { use, members, mentions }]) => ({
      name,
      use,
      members: members && [...members],
      mentions,
    })),
  }
}

function formOf(node: SyntaxNode, parents: ReadonlyMap<SyntaxNode, SyntaxNode>): Mention['as'] {
  const parent = parents.get(node)
  if (parent?.type === 'CallExpression' && parent['callee'] === node) return 'call'
  if (parent?.type === 'TaggedTemplateExpression' && parent['tag'] === node) return 'call'
  // In `{ n = 1 } = o` the name is the left side of a default inside of the shorthand.
  const property = parent?.type === 'AssignmentPattern' && parent['left'] === node ? parents.get(parent) : parent
  return property?.type === 'Property' && property['shorthand'] === true ? 'shorthand' : 'value'
}
