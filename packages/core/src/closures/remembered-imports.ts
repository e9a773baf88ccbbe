import { isBuiltin } from 'node:module'
import { classes, type Constructor } from './class-registry.ts'
import type { ImportOrigin } from './origin.ts'
import { importedClassId } from './own-exports.ts'

/** Registers an imported class under the name it can be imported by. Not Node's: their instances live in one process. */
export function registerImported(origin: ImportOrigin, value: unknown): void {
  if (typeof value !== 'function' || value.prototype === undefined || isBuiltin(origin.specifier)) return
  if (classes.knownIdOf(value) === undefined) classes.register(importedClassId(origin), value as Constructor)
}

const remembered = new Map<string, unknown>()
const keyOf = ({ specifier, name, from }: ImportOrigin): string => `${specifier}|${name}|${from}`

/** What this process knows an import to be; so it need not be imported again here. */
export function rememberImport(origin: ImportOrigin, value: unknown): void {
  remembered.set(keyOf(origin), value)
}

export function rememberedImport(origin: ImportOrigin): { readonly value: unknown } | undefined {
  return remembered.has(keyOf(origin)) ? { value: remembered.get(keyOf(origin)) } : undefined
}
