import { fileURLToPath } from 'node:url'
import { types } from 'node:util'
import { analyse, type Analysis } from './analyse.ts'
import type { CaptureWalk } from './capture-walk.ts'
import type { AnyFunction } from './closure.ts'
import type { CodeEntry, Entry, PropertyEntry, Ref } from './format.ts'
import type { FreeVariable } from './free-variables.ts'
import { globalPath, isStandardGlobal } from './globals.ts'
import { codeIdOf } from './identity.ts'
import { factsOf, lexicalThisOf, scriptOf, scriptSourceOf, type FunctionFacts, type Script } from './inspect.ts'
import { builtinOrigin, esModuleOrigin, importsOf, isPackageFile, moduleUrl, packageOrigin } from './origin.ts'
import { captureNamespace, isNamespace } from './namespace.ts'
import { isFileOfCore, ownOrigin } from './own-exports.ts'
import { handleOf } from './protocol.ts'
import { CaptureRefused, NotInitialised, refusals, refuseDeclared } from './refusals.ts'

/** The entry of a function or class. */
export function captureFunction(walk: CaptureWalk, index: Ref, f: AnyFunction): Entry {
  if (types.isProxy(f)) throw new CaptureRefused(refusals.proxy)
  refuseDeclared(f)
  const path = globalPath(f)
  if (path !== undefined) return { kind: 'global', path }
  const text = sourceOf(f)
  const facts = factsOf(f)
  if (facts.bound !== undefined) return captureBound(walk, index, facts.bound)
  const script = facts.location && scriptOf(facts.location.scriptId)
  const origin = originOf(f, text, script)
  if (origin !== undefined) return walk.entries[walk.importRef(origin, f)] as Entry
  const analysis = analyse(text)
  refuseObstacle(analysis)
  const { params, uses, vars } = captureVariables(walk, index, analysis, facts)
  const code = codeRef(walk, { analysis, facts, script, params, uses, name: f.name })
  const props = walk.properties(f, index, { every: false, skip: key => key === 'prototype' })
  const withProps = props.length > 0 ? { props } : {}
  if (analysis.form === 'class') {
    walk.registerClass(index, f, !analysis.hasPrivates)
    const heritage = analysis.heritage
      ? { heritage: walk.ref(Object.getPrototypeOf(f), index, { part: ' (extends)' }) }
      : {}
    const protoProps = prototypeProperties(walk, index, f)
    return {
      kind: 'class',
      id: '',
      code,
      vars,
      ...heritage,
      ...withProps,
      ...(protoProps.length > 0 ? { protoProps } : {}),
    }
  }
  return {
    kind: 'function',
    code,
    vars,
    ...surroundings(walk, index, f, analysis, facts),
    ...withProps,
    ...constructorParts(walk, index, f),
  }
}

/** A function's text, with what vitest has put in the place of `import()` and `import.meta` put back. */
export function sourceOf(f: object): string {
  const text = Function.prototype.toString.call(f)
  if (!text.includes('__vi')) return text
  return text
    .replace(/\b__vi(?:te)?_(?:ssr_)?dynamic_import__\b/g, 'import')
    .replace(/\b__vi(?:te)?_(?:ssr_)?import_meta__\b/g, 'import.meta')
}

function captureBound(walk: CaptureWalk, index: Ref, bound: NonNullable<FunctionFacts['bound']>): Entry {
  return {
    kind: 'bound',
    target: walk.ref(bound.target, index, { part: '' }),
    self: walk.ref(bound.self, index, { part: ' (bound this)' }),
    args: bound.args.map((arg, i) => walk.ref(arg, index, { part: ` (bound argument ${i + 1})` })),
  }
}

/** Where any process finds a function that is not the user's: a package, Node. Refuses what is native and nowhere to be found. */
function originOf(f: AnyFunction, text: string, script: Script | undefined): ReturnType<typeof builtinOrigin> {
  const native = text.endsWith('{ [native code] }')
  if (native || script?.url.startsWith('node:')) {
    const origin = builtinOrigin(f)
    if (origin !== undefined) return origin
    throw new CaptureRefused(native ? refusals.native(f.name) : refusals.nodeInternal(f.name))
  }
  const url = moduleUrl(script?.url ?? '')
  if (url === '' || !isPackageFile(fileURLToPath(url))) return undefined
  return isFileOfCore(url) ? ownOrigin(f) : (packageOrigin(f) ?? esModuleOrigin(f, url))
}

function refuseObstacle({ obstacle }: Analysis): void {
  if (obstacle === 'import.meta') throw new CaptureRefused(refusals.importMeta)
  if (obstacle === 'new.target') throw new CaptureRefused(refusals.newTarget)
  if (obstacle === 'eval') throw new CaptureRefused(refusals.eval)
  if (obstacle === 'syntax') throw new CaptureRefused(refusals.syntax)
}

function captureVariables(
  walk: CaptureWalk,
  index: Ref,
  analysis: Analysis,
  facts: FunctionFacts,
): { readonly params: string[]; readonly uses: string; readonly vars: Ref[] } {
  const params: string[] = []
  const vars: Ref[] = []
  let uses = ''
  for (const variable of analysis.free) {
    if (
      variable.name === 'dstream$heritage' ||
      variable.name === 'dstream$restoring' ||
      variable.name === 'dstream$privates'
    )
      continue
    const ref = variableRef(walk, index, variable, facts, analysis)
    if (ref === undefined) continue
    params.push(variable.name)
    vars.push(ref)
    uses += variable.use
  }
  return { params, uses, vars }
}

/** The entry of a free variable's value; `undefined` for a global that every process has. */
function variableRef(
  walk: CaptureWalk,
  index: Ref,
  variable: FreeVariable,
  facts: FunctionFacts,
  analysis: Analysis,
): Ref | undefined {
  const { name } = variable
  const step = { variable: name }
  const scope = facts.scopes.find(s => s.description !== 'Global' && Object.hasOwn(s.object, name))
  if (scope === undefined) {
    if (isStandardGlobal(name)) return undefined
    return walk.ref((globalThis as Record<string, unknown>)[name], index, step)
  }
  let value: unknown
  try {
    value = scope.object[name]
  } catch {
    return walk.ref(new NotInitialised(name), index, step)
  }
  const place = `${facts.location?.scriptId}|${facts.scopes.length - facts.scopes.indexOf(scope)}|${scope.description}`
  walk.noteBinding({ holder: index, variable, scope, place }, analysis)
  const identified = typeof value === 'function' || (typeof value === 'object' && value !== null)
  if (identified && handleOf(value as object) !== undefined) return walk.ref(value, index, step)
  // Also where the value is a plain number or string: `threadId` is another one in each worker.
  const moduleScope = scope.description === 'Module' || /^__vi(te)?_/.test(name)
  const origin = moduleScope && facts.location ? importsOf(facts.location).get(name) : undefined
  if (origin !== undefined) return walk.importRef(origin, value)
  if (identified && variable.members !== undefined && isNamespace(value as object))
    return captureNamespace(walk, value as object, variable.members, index, step)
  return walk.ref(value, index, step)
}

interface CodeParts {
  readonly analysis: Analysis
  readonly facts: FunctionFacts
  readonly script: Script | undefined
  readonly params: readonly string[]
  readonly uses: string
  readonly name: string
}

function codeRef(walk: CaptureWalk, { analysis, facts, script, params, uses, name }: CodeParts): Ref {
  const strict = analysis.ownStrict || isStrict(facts, script)
  const { form, source } = analysis
  const { line = 0, column = 0 } = facts.location ?? {}
  const code = {
    form,
    source,
    strict,
    name: analysis.named ? '' : name,
    params,
    uses,
    stateful: analysis.writesItself,
    url: moduleUrl(script?.url ?? ''),
    line,
    column,
  }
  const id = codeIdOf(code)
  return walk.intern(`code|${id}`, (): CodeEntry => ({ kind: 'code', id, ...code }))
}

const strictScripts = new Map<string, boolean>()

function isStrict(facts: FunctionFacts, script: Script | undefined): boolean {
  if (script === undefined || facts.location === undefined || script.isModule) return true
  const { scriptId } = facts.location
  let strict = strictScripts.get(scriptId)
  if (strict === undefined) {
    const start = scriptSourceOf(scriptId).slice(0, 2000)
    strict = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/|#![^\n]*\n)*["']use strict["']/.test(start)
    strictScripts.set(scriptId, strict)
  }
  return strict
}

type Surroundings = Partial<Record<'self' | 'arguments' | 'home' | 'inside', Ref>>

/** What a function has from where it stands, besides variables: `this` and `arguments` of arrows, `super` of methods, private names. */
function surroundings(
  walk: CaptureWalk,
  index: Ref,
  f: AnyFunction,
  analysis: Analysis,
  facts: FunctionFacts,
): Surroundings {
  const result: Surroundings = {}
  const { arrow } = analysis
  const self = arrow && analysis.usesThis ? lexicalThisOf(f, analysis.parameterCount) : undefined
  if (arrow && analysis.usesThis) result.self = walk.ref(self, index, { variable: 'this' })
  if (arrow && analysis.usesArguments) {
    const holder = facts.scopes.find(s => Object.hasOwn(s.object, 'arguments'))
    const args = holder === undefined ? [] : Array.from(holder.object['arguments'] as ArrayLike<unknown>)
    result.arguments = walk.ref(args, index, { variable: 'arguments' })
  }
  if (analysis.usesSuper) {
    const home = walk.holderOf(index)
    if (arrow) throw new CaptureRefused(refusals.arrowSuper)
    if (home === undefined) throw new CaptureRefused(refusals.looseSuper)
    result.home = home
  }
  if (analysis.privateNames.length > 0) result.inside = classAround(walk, index, self, analysis.privateNames)
  return result
}

/** The class whose private names an arrow function uses: one of the classes of its `this`. */
function classAround(walk: CaptureWalk, index: Ref, self: unknown, names: readonly string[]): Ref {
  const start: unknown =
    typeof self === 'function' ? self : (self as { constructor?: unknown } | undefined)?.constructor
  for (let c = start; typeof c === 'function' && c !== Function.prototype; c = Object.getPrototypeOf(c) as unknown) {
    const text = Function.prototype.toString.call(c)
    if (names.every(name => new RegExp(`${name}\\b`).test(text))) return walk.ref(c, index, { variable: 'this' })
  }
  throw new CaptureRefused(refusals.privateName(names[0] ?? '#'))
}

function prototypeProperties(walk: CaptureWalk, index: Ref, f: AnyFunction): PropertyEntry[] {
  const prototype: unknown = (f as { prototype?: unknown }).prototype
  if (typeof prototype !== 'object' || prototype === null) return []
  return walk.properties(prototype, index, { every: false, skip: key => key === 'constructor' })
}

/** What was put on the prototype of a constructor function, the way classes were written before there were classes. */
function constructorParts(
  walk: CaptureWalk,
  index: Ref,
  f: AnyFunction,
): { protoProps?: PropertyEntry[]; protoParent?: Ref } {
  const prototype: unknown = (f as { prototype?: unknown }).prototype
  if (typeof prototype !== 'object' || prototype === null || types.isGeneratorFunction(f)) return {}
  const protoProps = prototypeProperties(walk, index, f)
  const parent: unknown = Object.getPrototypeOf(prototype)
  return {
    ...(protoProps.length > 0 ? { protoProps } : {}),
    ...(parent === Object.prototype ? {} : { protoParent: walk.ref(parent, index, { part: '.prototype' }) }),
  }
}
