import { DStreamError } from '../../../errors/dstream-error.ts'

/** What a place of a checkpoint has to look like: throws, with the path, what does not. */
export type Check = (value: unknown, path: string) => void

/** Something is not as the schema says. */
export class SchemaMismatch extends Error {
  constructor(path: string, expected: string, found: unknown) {
    const text =
      JSON.stringify(found, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) ?? 'nothing'
    super(
      `${path === '' ? 'the content' : path} should be ${expected}, and is ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`,
    )
  }
}

const simple =
  (expected: string, holds: (value: unknown) => boolean): Check =>
  (value, path) => {
    if (!holds(value)) throw new SchemaMismatch(path, expected, value)
  }

export const anything: Check = () => {}
export const text = simple('a text', value => typeof value === 'string')
export const flag = simple('true or false', value => typeof value === 'boolean')
export const bytes = simple('bytes', value => value instanceof Uint8Array)
export const finite = simple('a number', value => Number.isFinite(value))
/** A time or a number of something. */
export const whole = simple('a whole number', value => Number.isSafeInteger(value))
export const count = simple('a whole number, 0 or more', value => Number.isSafeInteger(value) && (value as number) >= 0)
export const length = simple('a whole number above 0', value => Number.isSafeInteger(value) && (value as number) > 0)

export const oneOf = (...values: readonly unknown[]): Check =>
  simple(`one of ${values.map(value => JSON.stringify(value)).join(', ')}`, value => values.includes(value))

export const optional =
  (check: Check): Check =>
  (value, path) => {
    if (value !== undefined) check(value, path)
  }

export const list =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) throw new SchemaMismatch(path, 'a list', value)
    value.forEach((item, index) => check(item, `${path}[${index}]`))
  }

/** An object with these fields; further ones are left alone. */
export const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new SchemaMismatch(path, 'an object', value)
    for (const [name, check] of Object.entries(fields))
      check((value as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`)
  }

/** An object whose field `kind` says which of these it is. */
export const kindOf =
  (kinds: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    const kind = (value as { readonly kind?: unknown } | null | undefined)?.kind
    if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind))
      throw new SchemaMismatch(`${path}.kind`, `one of ${Object.keys(kinds).join(', ')}`, kind)
    kinds[kind]!(value, path)
  }

/** The value, when it is what it should be. @throws DStreamError CORRUPT_CHECKPOINT */
export function checkWith<T>(check: Check, value: unknown, what: string): T {
  try {
    check(value, what)
    return value as T
  } catch (cause) {
    throw corruptCheckpoint(cause)
  }
}

export const corruptCheckpoint = (cause: unknown): DStreamError =>
  new DStreamError(
    'CORRUPT_CHECKPOINT',
    `It is no checkpoint: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause, hint: 'Go on from an older checkpoint, or without one.' },
  )
