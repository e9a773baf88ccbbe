import type { Constructor } from './classes.ts'

/** How instances of a class are written and read, instead of field by field. */
export interface Codec<T, D = unknown> {
  /** What stands for an instance: anything that a record may be. */
  encode(instance: T): D
  /** An instance, of what `encode` gave. */
  decode(data: D): T
}

/** Where a class has its codec: a static property, so it goes wherever the class goes. */
export const codecProperty: unique symbol = Symbol.for('dstream.codec') as never

/** The codec that was registered for this very class, not for one above it. */
export function codecOf(type: Constructor | undefined): Codec<unknown> | undefined {
  if (type === undefined || !Object.hasOwn(type, codecProperty)) return undefined
  return (type as { [codecProperty]?: Codec<unknown> })[codecProperty]
}
