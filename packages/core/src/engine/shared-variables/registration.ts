import { classes } from '../../closures/class-registry.ts'
import { decodeRecords, encodeRecords } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { AccumulatorV2 } from './accumulator-v2.ts'

type AnyAccumulator = AccumulatorV2<never, unknown>

/** Under which number and name an accumulator is known. */
export interface Registration {
  readonly id: number
  /** The number and whose it is: what tasks name it by. */
  readonly key: string
  readonly name: string | undefined
}

/** Beside the accumulators instead of in them: subclasses write `copy` as they like, and a copy is not registered. */
const registrations = new WeakMap<object, Registration>()
/** Those that belong to a task. */
const inTasks = new WeakSet()

export const registrationOf = (accumulator: object): Registration | undefined => registrations.get(accumulator)

/** @throws DStreamError ACCUMULATOR_TWICE, ACCUMULATOR_PRIVATE_FIELDS */
export function register(accumulator: AnyAccumulator, registration: Registration): void {
  if (registrations.has(accumulator))
    throw new DStreamError('ACCUMULATOR_TWICE', 'Cannot register an Accumulator twice.', {
      hint: 'Register each accumulator once; make another one for another purpose.',
    })
  refusePrivateFields(accumulator)
  registrations.set(accumulator, registration)
}

/** A task's copy must be merged by the driver's class, which cannot see the private fields of an instance that came from elsewhere. */
function refusePrivateFields(accumulator: AnyAccumulator): void {
  for (let c: unknown = accumulator.constructor; typeof c === 'function'; c = Object.getPrototypeOf(c)) {
    if (classes.privatesOf(c) === undefined) continue
    throw new DStreamError('ACCUMULATOR_PRIVATE_FIELDS', `The accumulator class ${c.name} has #private fields`, {
      hint: 'Use ordinary fields (in TypeScript `private`): its instances cross to workers and are merged in the driver.',
    })
  }
}

/** An accumulator of this project, whose state is plain data and whose class every worker has. */
export interface BuiltIn {
  readonly state: unknown
}

const builtIns = new Map<unknown, (state: unknown) => AnyAccumulator>()

/** Says how a built-in accumulator is made of its state. */
export function registerBuiltIn(constructor: unknown, make: (state: never) => AnyAccumulator): void {
  builtIns.set(constructor, make as (state: unknown) => AnyAccumulator)
}

/** What a task begins with: nothing for a built-in, else an empty copy, encoded. */
export function stateToSend(accumulator: AnyAccumulator): Uint8Array | undefined {
  if (builtIns.has(accumulator.constructor)) return undefined
  const zero = accumulator.copyAndReset()
  if (!isZero(zero)) throw new DStreamError('ACCUMULATOR_NOT_ZERO', 'copyAndReset must return a zero value copy', { hint: 'Let reset() undo everything that isZero looks at.' }) // prettier-ignore
  return encodeRecords([zero]).slice()
}

/** The copy of a task. */
export function copyForTask(constructor: unknown, state: Uint8Array | undefined): AnyAccumulator {
  const made = state === undefined ? builtIns.get(constructor)!(undefined) : (decodeRecords(state)[0] as AnyAccumulator)
  inTasks.add(made)
  return made
}

/** What a task has added up, encoded; nothing where it has added nothing. */
export function encodeUpdate(accumulator: AnyAccumulator): Uint8Array | undefined {
  if (isZero(accumulator)) return undefined
  return encodeRecords([
    builtIns.has(accumulator.constructor) ? (accumulator as unknown as BuiltIn).state : accumulator,
  ])
}

/** Adds what a task has added up. */
export function mergeUpdate(accumulator: AnyAccumulator, update: Uint8Array): void {
  const [content] = decodeRecords(update)
  accumulator.merge((builtIns.get(accumulator.constructor)?.(content) ?? content) as never)
}

/** In JavaScript nothing keeps a subclass from writing it as a method, which would always be true. */
function isZero(accumulator: AnyAccumulator): boolean {
  const zero: unknown = accumulator.isZero
  return typeof zero === 'function' ? (zero.call(accumulator) as boolean) : accumulator.isZero
}

/** Spark's text. Only the driver knows the whole. */
export function refuseInTask(accumulator: object): void {
  if (inTasks.has(accumulator))
    throw new DStreamError('ACCUMULATOR_READ_IN_TASK', "Can't read accumulator value in task", {
      hint: 'Read it in the driver when the action has ended; a task knows only what it has added itself. A function of the driver’s that came from a checkpoint alone holds it as tasks do: there, register it by its name (docs/recovery.md).',
    })
}
