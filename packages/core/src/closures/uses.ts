import type { SyntaxNode } from './syntax.ts'

/** Methods of built-in containers that neither change nor hand out their container. */
const PURE_METHODS = new Set(
  (
    'has get keys values entries includes indexOf lastIndexOf at join slice concat flat toString toLocaleString toSorted toReversed ' +
    'with getTime getFullYear getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds getUTCFullYear getUTCMonth getUTCDate ' +
    'getUTCDay getUTCHours getUTCMinutes getUTCSeconds toISOString toJSON valueOf getTimezoneOffset hasOwnProperty'
  ).split(' '),
)
/** Methods that call back with (value, index, container): pure when the callback is written in place and takes no container. */
const CALLBACK_METHODS = new Set('map filter some every find findIndex findLast findLastIndex flatMap'.split(' '))

/** What one mention of a variable does with the variable's value, and which member of it is named there. */
export function useOf(
  identifier: SyntaxNode,
  parents: ReadonlyMap<SyntaxNode, SyntaxNode>,
): { readonly use: 'r' | 'a' | 'm'; readonly member: string | undefined } {
  const parent = parents.get(identifier)
  if (parent === undefined) return { use: 'a', member: undefined }
  if (parent.type === 'MemberExpression' && parent['object'] === identifier) return memberUse(parent, parents)
  return { use: readsOnly(parent, identifier) ? 'r' : 'a', member: undefined }
}

function readsOnly(parent: SyntaxNode, identifier: SyntaxNode): boolean {
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
      return parent['callee'] === identifier
    case 'UnaryExpression':
    case 'SpreadElement':
    case 'TemplateLiteral':
    case 'BinaryExpression':
      return true
    case 'ForOfStatement':
      return parent['right'] === identifier
    default:
      return false
  }
}

function memberUse(
  access: SyntaxNode,
  parents: ReadonlyMap<SyntaxNode, SyntaxNode>,
): { readonly use: 'r' | 'a' | 'm'; readonly member: string | undefined } {
  const key = access['property'] as SyntaxNode
  const name = access['computed'] === true ? undefined : (key['name'] as string)
  const parent = parents.get(access)
  if (parent === undefined) return { use: 'a', member: undefined }
  switch (parent.type) {
    case 'CallExpression':
      if (parent['callee'] !== access) return { use: 'r', member: name }
      return {
        use: name !== undefined && isPureCall(name, parent['arguments'] as SyntaxNode[]) ? 'r' : 'a',
        member: name,
      }
    case 'TaggedTemplateExpression':
      return { use: 'a', member: name }
    case 'AssignmentExpression':
      return parent['left'] === access ? { use: 'm', member: undefined } : { use: 'r', member: name }
    case 'UpdateExpression':
    case 'ArrayPattern':
    case 'AssignmentPattern':
    case 'RestElement':
    case 'ForInStatement':
      return { use: 'm', member: undefined }
    case 'ForOfStatement':
      return parent['left'] === access ? { use: 'm', member: undefined } : { use: 'r', member: name }
    case 'UnaryExpression':
      return parent['operator'] === 'delete' ? { use: 'm', member: undefined } : { use: 'r', member: name }
    case 'Property':
      return parents.get(parent)?.type === 'ObjectPattern'
        ? { use: 'a', member: undefined }
        : { use: 'r', member: name }
    default:
      return { use: 'r', member: name }
  }
}

function isPureCall(method: string, args: readonly SyntaxNode[]): boolean {
  if (PURE_METHODS.has(method)) return true
  const [callback] = args
  if (!CALLBACK_METHODS.has(method) || callback?.type !== 'ArrowFunctionExpression') return false
  const parameters = callback['params'] as SyntaxNode[]
  return parameters.length <= 2 && parameters.every(p => p.type !== 'RestElement')
}
