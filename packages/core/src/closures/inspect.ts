import { Session } from 'node:inspector'

/**
 * What V8 knows of a function and JavaScript does not say: the variables it closes over, the `this` of an arrow function, the parts of
 * a bound function, private fields, the script it was written in. Read through an inspector session of this thread, without a pause and
 * without a port; it works beside `--inspect`.
 */

/** One scope of a function, innermost first. Reading a variable that is not initialised yet throws. */
export interface LiveScope {
  /** `Module`, `Closure (name)`, `Block`, `Script`, … as V8 describes it. */
  readonly description: string
  readonly object: Readonly<Record<string, unknown>>
}

/** Where a function was written. Lines and columns count from 0. */
export interface ScriptLocation {
  readonly scriptId: string
  readonly line: number
  readonly column: number
}

export interface FunctionFacts {
  readonly scopes: readonly LiveScope[]
  readonly location: ScriptLocation | undefined
  readonly bound: { readonly target: unknown; readonly self: unknown; readonly args: readonly unknown[] } | undefined
}

/** A script as it runs: after type stripping or any other transformation. */
export interface Script {
  readonly url: string
  readonly isModule: boolean
}

interface RemoteObject {
  readonly objectId?: string
  readonly value?: unknown
  readonly unserializableValue?: string
}
interface RemoteProperty {
  readonly name: string
  readonly value?: RemoteObject
}

const held: { subject: unknown; self: unknown; got: unknown; stop: () => void } = {
  subject: undefined,
  self: undefined,
  got: undefined,
  stop: () => connect().post('Runtime.terminateExecution'),
}
const slot = Symbol.for('dstream.closures.inspected')
const slotExpression = `process[Symbol.for('dstream.closures.inspected')]`
const group = { objectGroup: 'dstream.closures' }
const scripts = new Map<string, Script>()
let session: Session | undefined

function connect(): Session {
  if (session !== undefined) return session
  session = new Session()
  session.connect()
  session.on('Debugger.scriptParsed', ({ params }) =>
    scripts.set(params.scriptId, { url: params.url, isModule: params.isModule === true }),
  )
  Object.defineProperty(process, slot, { value: held, configurable: true })
  return session
}

/** Calls the inspector; it answers synchronously because it is in this thread. */
function ask<T>(method: string, parameters: object = {}): T {
  let answer: unknown
  let failure: unknown
  const receive = (error: unknown, result: unknown): void => {
    failure = error
    answer = result
  }
  ;(connect() as unknown as { post(m: string, p: object, f: typeof receive): void }).post(method, parameters, receive)
  if (failure) throw failure instanceof Error ? failure : new Error(`${method}: ${JSON.stringify(failure)}`)
  return answer as T
}

function remote(value: unknown): string {
  connect()
  held.subject = value
  const { result } = ask<{ result: RemoteObject }>('Runtime.evaluate', {
    expression: `${slotExpression}.subject`,
    ...group,
  })
  held.subject = undefined
  return result.objectId as string
}

/** The live value behind what the inspector describes. */
function live(object: RemoteObject | undefined): unknown {
  if (object === undefined) return undefined
  if (object.objectId === undefined) {
    const text = object.unserializableValue
    if (text === undefined) return object.value
    return text.endsWith('n') ? BigInt(text.slice(0, -1)) : Number(text)
  }
  const functionDeclaration = `function () { ${slotExpression}.got = this }`
  ask('Runtime.callFunctionOn', { objectId: object.objectId, functionDeclaration, silent: true })
  const { got } = held
  held.got = undefined
  return got
}

function release(): void {
  ask('Runtime.releaseObjectGroup', group)
}

/** Everything about one function. About 0.04 ms. */
export function factsOf(f: object): FunctionFacts {
  const objectId = remote(f)
  try {
    const { internalProperties = [] } = ask<{ internalProperties?: readonly RemoteProperty[] }>(
      'Runtime.getProperties',
      {
        objectId,
        ownProperties: true,
      },
    )
    const found = (name: string): RemoteObject | undefined => internalProperties.find(p => p.name === name)?.value
    const target = found('[[TargetFunction]]')
    const where = found('[[FunctionLocation]]')?.value as
      { scriptId: string; lineNumber: number; columnNumber?: number } | undefined
    const scopes = found('[[Scopes]]')
    return {
      scopes: scopes === undefined ? [] : Array.from(live(scopes) as ArrayLike<LiveScope>),
      location: where && { scriptId: where.scriptId, line: where.lineNumber, column: where.columnNumber ?? 0 },
      bound: target && {
        target: live(target),
        self: live(found('[[BoundThis]]')),
        args: Array.from(live(found('[[BoundArgs]]')) as ArrayLike<unknown>),
      },
    }
  } finally {
    release()
  }
}

/** The private fields of an instance, in the order in which its classes declare them, base class first. */
export function privateFieldsOf(instance: object): readonly (readonly [name: string, value: unknown])[] {
  const objectId = remote(instance)
  try {
    const { privateProperties = [] } = ask<{ privateProperties?: readonly RemoteProperty[] }>('Runtime.getProperties', {
      objectId,
      ownProperties: true,
    })
    return privateProperties.filter(p => p.value !== undefined).map(p => [p.name, live(p.value)] as const)
  } finally {
    release()
  }
}

/** A value that is anything its reader wants, so that destructured parameters and defaults are satisfied without running the user's code. */
const anything: unknown = new Proxy(function () {}, {
  get: (_target, key) => (key === Symbol.iterator ? endless : key === Symbol.toPrimitive ? () => 0 : anything),
})
function* endless(): Generator<unknown> {
  for (;;) yield anything
}

/**
 * The `this` that an arrow function closes over. V8 hides it from the scopes, so the function is entered and ended before its first statement: the
 * condition of a breakpoint reads `this` and asks for termination. Nothing of the body runs. About 3 ms.
 */
export function lexicalThisOf(arrow: object, parameterCount: number): unknown {
  ask('Debugger.enable')
  try {
    const objectId = remote(arrow)
    const condition = `(${slotExpression}.self = this, ${slotExpression}.stop(), false)`
    const { breakpointId } = ask<{ breakpointId: string }>('Debugger.setBreakpointOnFunctionCall', {
      objectId,
      condition,
    })
    held.subject = [arrow, Array.from({ length: parameterCount }, () => anything)]
    try {
      ask('Runtime.evaluate', {
        expression: `${slotExpression}.subject[0](...${slotExpression}.subject[1])`,
        silent: true,
      })
    } catch {
      // "Execution was terminated": that is what was asked for.
    } finally {
      held.subject = undefined
      ask('Debugger.removeBreakpoint', { breakpointId })
    }
    return held.self
  } finally {
    held.self = undefined
    release()
    ask('Debugger.disable')
  }
}

const sources = new Map<string, string>()

/** The script of a location; `undefined` for code that has none. */
export function scriptOf(scriptId: string): Script | undefined {
  if (!scripts.has(scriptId)) learn(scriptId)
  return scripts.get(scriptId)
}

/** The text of a script as V8 runs it. */
export function scriptSourceOf(scriptId: string): string {
  if (!sources.has(scriptId)) learn(scriptId)
  return sources.get(scriptId) ?? ''
}

/**
 * Enabling the debugger reports every script that exists, some 30 ms where hundreds are loaded: so the text, which is asked for next, is fetched
 * by the way.
 */
function learn(scriptId: string): void {
  ask('Debugger.enable')
  try {
    if (scripts.has(scriptId))
      sources.set(scriptId, ask<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId }).scriptSource)
  } finally {
    ask('Debugger.disable')
  }
}
