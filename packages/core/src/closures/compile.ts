import { classes, restoring, type Constructor, type PrivateAccess } from './class-registry.ts'
import { ClosureFormatError } from './check-graph.ts'
import { type CodeEntry } from './format.ts'
import { runAsIn } from './importing-script.ts'

/** What a factory is called with besides the captured values. */
export interface Surroundings {
  readonly self?: unknown
  readonly arguments?: readonly unknown[]
  readonly home?: object
  readonly heritage?: unknown
  /** Evaluates code inside of the class whose private names the function uses. */
  readonly inside?: (code: string) => unknown
}

/** What a factory makes: the function, and where asked for a way to set captured variables afterwards (for functions that capture each other). */
export interface Made {
  readonly f: (...args: never[]) => unknown
  /** For a method: the object literal that it was made in. */
  readonly home: object | undefined
  readonly set: ((position: number, value: unknown) => void) | undefined
}

type Factory = (surroundings: Surroundings, ...captured: readonly unknown[]) => Made
const factories = new Map<string, Factory>()

const privates = (constructor: Constructor, access: PrivateAccess, evaluate: (code: string) => unknown): void =>
  classes.registerPrivates(constructor, access, evaluate)

/**
 * Compiles a piece of code into a factory: called with the captured values it makes the function. Compiled once per code id (and position,
 * so that stack traces tell the truth); each call of the factory gives fresh bindings, and V8 sees one and the same code.
 */
export function compile(code: CodeEntry, settable: boolean, inside?: (code: string) => unknown): Factory {
  const key = `${code.id}|${code.url}|${code.line}|${settable}`
  const known = inside === undefined ? factories.get(key) : undefined
  if (known !== undefined) return known
  const text = factoryText(code, settable)
  let make: unknown
  try {
    make = inside === undefined ? run(code, text) : inside(text)
  } catch (error) {
    throw new ClosureFormatError(`the code of ${code.name || 'a function'} does not compile: ${String(error)}`, error)
  }
  const factory = (make as (restoring: unknown, privates: unknown) => Factory)(restoring, privates)
  if (inside === undefined) factories.set(key, factory)
  return factory
}

/** Compiled under the user's file name: stack traces and `import()` work from there. */
function run(code: CodeEntry, text: string): unknown {
  return runAsIn(text, { filename: code.url || 'dstream-closure.js', lineOffset: code.line - 1 })
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

function factoryText(code: CodeEntry, settable: boolean): string {
  if (!code.params.every(name => identifier.test(name)))
    throw new ClosureFormatError('a captured variable has an impossible name')
  const cases = code.params.map((name, i) => `case ${i}: ${name} = dstream$v; break`).join('; ')
  const setter = settable ? `(dstream$i, dstream$v) => { switch (dstream$i) { ${cases} } }` : 'undefined'
  const strict = code.strict ? `'use strict';` : ''
  const parameters = ['dstream$s', ...code.params].join(', ')
  // One line before the source and none inside, so that its lines keep their numbers.
  const head = `(function (dstream$restoring, dstream$privates) { return function (${parameters}) {${strict} let dstream$h; const dstream$heritage = dstream$s.heritage; const dstream$f = (function () { return `
  const tail = ` }).apply(dstream$s.self, dstream$s.arguments ?? []); return { f: dstream$f, home: dstream$h, set: ${setter} } } })`
  return head + expression(code) + tail
}

/** An expression whose value is the function, under its name. */
function expression(code: CodeEntry): string {
  const margin = `\n${' '.repeat(code.column < 1000 && code.source.includes('\n') ? 0 : Math.min(code.column, 1000))}`
  const { source, form, name } = code
  if (form === 'method')
    return `((dstream$o, dstream$k) => { dstream$h = dstream$o; dstream$k = Reflect.ownKeys(dstream$o)[0]; dstream$k = Object.getOwnPropertyDescriptor(dstream$o, dstream$k); dstream$k = dstream$k.value ?? dstream$k.get ?? dstream$k.set; ${rename(name)} return dstream$k })({${margin}${source}\n})`
  if (name === '' || name === '__proto__') return `(${margin}${source}\n)`
  return `({ ${JSON.stringify(name)}: (${margin}${source}\n) })[${JSON.stringify(name)}]`
}

function rename(name: string): string {
  return name === ''
    ? ''
    : `Object.defineProperty(dstream$k, 'name', { value: ${JSON.stringify(name)}, configurable: true });`
}
