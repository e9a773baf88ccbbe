import { analyse } from './analyse.ts'
import { classes, type Constructor } from './class-registry.ts'
import { privateFieldsOf } from './inspect.ts'

/** The private fields that a class declares, by its text. */
function declaredBy(constructor: Constructor): readonly string[] {
  const text = Function.prototype.toString.call(constructor)
  return text.startsWith('class') && text.includes('#') ? analyse(text).privateFields : []
}

/** Whether the instances of a class have private fields that only the inspector can read. */
export const declaresPrivates = (constructor: Constructor): boolean => declaredBy(constructor).length > 0

/** The private fields of an instance for each class that declares some, base class first. */
export function privatesByClass(
  value: object,
  constructor: Constructor,
): { readonly owner: Constructor; readonly values: Record<string, unknown> }[] {
  const chain: Constructor[] = []
  for (let c: unknown = constructor; typeof c === 'function' && c !== Function.prototype; c = Object.getPrototypeOf(c))
    if (declaresPrivates(c as Constructor)) chain.unshift(c as Constructor)
  if (chain.length === 0) return []
  // V8 lists them in the order in which they were added: equal names of base and derived class are told apart by that.
  const found = [...privateFieldsOf(value)]
  return chain.map(owner => {
    const listed = Object.fromEntries(declaredBy(owner).map(name => [name, takeFirst(found, name)]))
    return { owner, values: classes.accessOf(owner)?.read(value) ?? listed }
  })
}

function takeFirst(found: (readonly [string, unknown])[], name: string): unknown {
  const at = found.findIndex(([n]) => n === name)
  return at < 0 ? undefined : found.splice(at, 1)[0]?.[1]
}
