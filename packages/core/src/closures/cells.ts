import type { Analysis } from './analyse.ts'
import type { FreeVariable } from './free-variables.ts'
import type { ClassEntry, FunctionEntry, Ref } from './format.ts'
import type { LiveScope } from './inspect.ts'
import { edited, type Edit } from './syntax.ts'

/** One use of one variable by one function. */
export interface Binding {
  readonly holder: Ref
  readonly variable: FreeVariable
  readonly scope: LiveScope
  /** The script, and how many scopes are around the variable's: equal for equal declarations. */
  readonly place: string
}

/**
 * The variables that several captured functions share and at least one assigns: they must stay one variable. V8 does not say whether two
 * functions see the same scope, so it is told by what the scopes hold: same place in the same script, and every variable in
 * them the same. (Two calls of one function whose variables are all the same at the time of capture are taken for one.)
 */
export function sharedVariables(bindings: readonly Binding[]): (readonly Binding[])[] {
  const written = new Set(bindings.filter(b => b.variable.use === 'w').map(b => b.variable.name))
  const groups: Binding[][] = []
  for (const binding of bindings) {
    if (!written.has(binding.variable.name)) continue
    const group = groups.find(([first]) => first !== undefined && isSame(first, binding))
    if (group === undefined) groups.push([binding])
    else group.push(binding)
  }
  return groups.filter(group => group.length > 1 && group.some(b => b.variable.use === 'w'))
}

function isSame(a: Binding, b: Binding): boolean {
  if (a.variable.name !== b.variable.name || a.place !== b.place) return false
  const names = Object.getOwnPropertyNames(a.scope.object)
  if (names.length !== Object.getOwnPropertyNames(b.scope.object).length) return false
  return names.every(
    name => Object.hasOwn(b.scope.object, name) && Object.is(readable(a.scope, name), readable(b.scope, name)),
  )
}

const notYet = Symbol('not initialised')

function readable(scope: LiveScope, name: string): unknown {
  try {
    return scope.object[name]
  } catch {
    return notYet
  }
}

/** The name under which a function is given a shared variable. */
export const cellName = (name: string): string => `dstream$cell_${name}`

/** A function's text with some of its free variables replaced by `cell.v`. */
export function withCells({ source, free }: Analysis, names: ReadonlySet<string>): string {
  const edits: Edit[] = []
  for (const { name, mentions } of free) {
    if (!names.has(name)) continue
    const cell = `${cellName(name)}.v`
    for (const { start, end, as } of mentions)
      edits.push({ start, end, text: as === 'shorthand' ? `${name}: ${cell}` : as === 'call' ? `(0, ${cell})` : cell })
  }
  return edited(source, edits)
}

/** A function's entry that is given cells in the place of some variables. */
export function rebound<E extends FunctionEntry | ClassEntry>(
  entry: E,
  code: Ref,
  params: readonly string[],
  cells: ReadonlyMap<string, Ref>,
): E {
  return { ...entry, code, vars: entry.vars.map((ref, i) => cells.get(params[i] ?? '') ?? ref) }
}
