import type { ImportOrigin } from './origin.ts'

/** The id of a class that is imported rather than captured. */
export function importedClassId(origin: { readonly specifier: string; readonly name: string }): string {
  return `import:${origin.specifier}#${origin.name}`
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
