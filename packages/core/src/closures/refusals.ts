import { refusesToTravel } from './protocol.ts'

/** Why a value cannot travel (a sentence that goes on after its path) and what to do instead. */
export interface Cause {
  readonly reason: string
  readonly hint: string
}

/** Thrown inside of a capture; the walk knows the path and turns it into a TaskNotSerializableError. */
export class CaptureRefused extends Error implements Cause {
  readonly reason: string
  readonly hint: string

  constructor({ reason, hint }: Cause) {
    super(reason)
    this.reason = reason
    this.hint = hint
  }
}

const perWorkerHint =
  'Create it where it is used: inside foreachPartition or mapPartitions, or once per worker with perWorker(key, create).'

/** Every reason in one place, so that they read alike; the rows of docs/closures.md are these. */
export const refusals = {
  proxy: { reason: 'is a Proxy, whose handler may be anything', hint: 'Capture the object behind the proxy.' },
  promise: { reason: 'is a promise', hint: 'Await it first and capture the result.' },
  weak: (type: string) => ({
    reason: `is a ${type}, whose content cannot be listed`,
    hint: 'Use a Map or Set, or create it inside perWorker.',
  }),
  iterator: (type: string) => ({
    reason: `is a running ${type}`,
    hint: 'Capture an array of its values, or the function that starts it.',
  }),
  live: (type: string) => ({ reason: `is a ${type}: it is bound to this process`, hint: perWorkerHint }),
  native: (name: string) => ({
    reason: `is a native function${name === '' ? '' : ` (${name})`} that no other process can find`,
    hint: 'Wrap it in a function of your own that finds it through a global or an import.',
  }),
  nodeInternal: (name: string) => ({
    reason: `is a function of Node itself (${name}) that no module exports`,
    hint: perWorkerHint,
  }),
  notInitialised: (name: string) => ({
    reason: 'is not initialised yet',
    hint: `Apply the operator after the declaration of ${name} has run.`,
  }),
  importMeta: {
    reason: 'uses import.meta, which belongs to the module it was written in',
    hint: 'Put import.meta.url into a variable before, and use that.',
  },
  newTarget: {
    reason: 'is an arrow function that uses new.target of the function around it',
    hint: 'Put new.target into a variable before.',
  },
  eval: {
    reason: 'calls eval, so the variables it uses cannot be known',
    hint: 'Use new Function(…), or write the code out.',
  },
  syntax: {
    reason: 'has a source text that stands only inside its class or object',
    hint: 'Wrap the call: x => object.method(x).',
  },
  arrowSuper: {
    reason: 'is an arrow function that uses super',
    hint: 'Put super.method(…) into a method and call that through this.',
  },
  looseSuper: {
    reason: 'is a method that uses super, taken from its object',
    hint: 'Capture the object and call it: x => object.method(x).',
  },
  privateName: (name: string) => ({
    reason: `uses the private name ${name} outside of the class that declares it`,
    hint: 'Capture the object and call a method: x => object.method(x).',
  }),
  declared: (reason: string, hint: string) => ({ reason, hint }),
} satisfies Record<string, Cause | ((...args: never[]) => Cause)>

/** Stands for a variable that cannot be read yet; refused when its turn comes, so that the path is known. */
export class NotInitialised {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A class or object may say that it does not travel. */
export function refuseDeclared(value: object): void {
  const declared: unknown = (value as { [refusesToTravel]?: unknown })[refusesToTravel]
  if (typeof declared !== 'string') return
  const [reason = '', hint = 'Use it in the driver, outside of the function.'] = declared.split('\n')
  throw new CaptureRefused(refusals.declared(reason, hint))
}
