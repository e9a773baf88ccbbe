import { blanks, edited, type Edit, type SyntaxNode } from './syntax.ts'

/**
 * A class travels as its text, made again in the worker. Three things in the text would do something else there than carry the class, and are
 * changed (everything else, lines included, stays):
 *
 * - `extends EXPRESSION` becomes `extends dstream$heritage`: the class it really extends, not a second result of the expression;
 * - public static fields and static blocks go: static properties travel with their values at the time of capture (a class with
 *   private static members keeps its static blocks, they may be what fills them);
 * - a class with private members learns to make an instance without running its constructor's body (`dstream$restoring.on`) and to read and
 *   write those fields (`dstream$privates`), because nothing outside of a class can.
 */
export function rewriteClass(
  text: string,
  node: SyntaxNode,
  offset: number,
): { readonly text: string; readonly heritage: boolean; readonly privateFields: readonly string[] } {
  const edits: Edit[] = []
  const replace = (part: SyntaxNode, by: string): void => {
    edits.push({ start: part.start - offset, end: part.end - offset, text: by })
  }
  const heritage = node['superClass'] as SyntaxNode | null
  const extendsSomething = heritage !== null && !(heritage.type === 'Literal' && heritage['value'] === null)
  if (extendsSomething) replace(heritage, heritageText(text.slice(heritage.start - offset, heritage.end - offset)))
  const body = node['body'] as SyntaxNode
  const members = body['body'] as SyntaxNode[]
  const isPrivate = (member: SyntaxNode): boolean =>
    (member['key'] as SyntaxNode | undefined)?.type === 'PrivateIdentifier'
  const hasPrivateStatics = members.some(member => member['static'] === true && isPrivate(member))
  for (const member of members) {
    const publicStatic = member.type === 'PropertyDefinition' && member['static'] === true && !isPrivate(member)
    if (publicStatic || (member.type === 'StaticBlock' && !hasPrivateStatics))
      replace(member, blanks(text.slice(member.start - offset, member.end - offset)))
  }
  const privateFields = members
    .filter(member => member.type === 'PropertyDefinition' && member['static'] !== true && isPrivate(member))
    .map(member => `#${String((member['key'] as SyntaxNode)['name'])}`)
  if (members.some(isPrivate)) edits.push(...restoring(members, body, offset, extendsSomething, privateFields))
  return { text: edited(text, edits), heritage: extendsSomething, privateFields }
}

function heritageText(original: string): string {
  return ` dstream$heritage ${original.replace(/[^\n]/g, '')}`
}

function restoring(
  members: readonly SyntaxNode[],
  body: SyntaxNode,
  offset: number,
  derived: boolean,
  privateFields: readonly string[],
): Edit[] {
  const edits: Edit[] = []
  const insert = (at: number, text: string): void => {
    edits.push({ start: at - offset, end: at - offset, text })
  }
  for (const member of members) {
    const value = member['value'] as SyntaxNode | null
    if (member.type === 'PropertyDefinition' && member['static'] !== true && value !== null) {
      insert(value.start, 'dstream$restoring.on ? undefined : (')
      insert(value.end, ')')
    }
    if (member['kind'] === 'constructor' && value !== null)
      insert(
        (value['body'] as SyntaxNode).start + 1,
        `if (dstream$restoring.on) { ${derived ? 'super(); ' : ''}return }`,
      )
  }
  const read = privateFields.map(name => `${JSON.stringify(name)}: dstream$o.${name}`).join(', ')
  const write = privateFields
    .map(name => `if (${JSON.stringify(name)} in dstream$v) dstream$o.${name} = dstream$v[${JSON.stringify(name)}]`)
    .join('; ')
  insert(
    body.end - 1,
    `;static { dstream$privates(this, { read: dstream$o => ({ ${read} }), write: (dstream$o, dstream$v) => { ${write} } }, dstream$c => eval(dstream$c)) }`,
  )
  return edits
}
