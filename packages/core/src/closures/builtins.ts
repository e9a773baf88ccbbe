import { DStreamError } from '../errors/dstream-error.ts'
import type { Builtin, TaskFunction } from './closure.ts'

/** Makes a builtin's function from the functions and the data that the plan holds for it. */
export type BuiltinFactory = (
  functions: readonly ((...args: never[]) => unknown)[],
  data: readonly unknown[],
) => (...args: never[]) => unknown

const factories = new Map<string, BuiltinFactory>()

/**
 * A function that this project provides in every worker, as a plan holds it: its name, the functions it calls, plain data.
 *
 * @example
 * builtin('mapValues', [capture((n: number) => n + 1, { operator: 'mapValues', async: 'refused' })])
 */
export function builtin(name: string, functions: readonly TaskFunction[] = [], data: readonly unknown[] = []): Builtin {
  return { kind: 'builtin', name, functions, data }
}

/**
 * Registers builtins by name. Called at module load by the folder that owns them; driver and workers load the same modules. Registering the same factory
 * again changes nothing; another one under a taken name is an error.
 */
export function registerBuiltins(added: Readonly<Record<string, BuiltinFactory>>): void {
  for (const [name, factory] of Object.entries(added)) {
    const known = factories.get(name)
    if (known !== undefined && known !== factory && known.toString() !== factory.toString())
      throw new DStreamError('BUILTIN_TAKEN', `Two different builtins are called ${name}`)
    factories.set(name, factory)
  }
}

/** The factory of a builtin, or an error that names it. */
export function builtinFactory(name: string): BuiltinFactory {
  const factory = factories.get(name)
  if (factory === undefined)
    throw new DStreamError('BUILTIN_UNKNOWN', `No builtin is called ${name}`, {
      hint: 'The module that registers it was not loaded here, or the plan was written by another version.',
    })
  return factory
}
