import { Duration } from '../time/duration.ts'
import { Interval } from '../time/interval.ts'
import { Time } from '../time/time.ts'
import type { ImportOrigin } from './origin.ts'

/** A variable, so that no tool takes it for a file to read. */
const core: string = '@dstream/core'
const fileOfCore = /^file:.*\/node_modules\/@dstream\/core\//

/**
 * What this project exports goes by the names of package and export: the files inside of the package are called otherwise in each version, and what was captured or saved is
 * read by later ones.
 */
export const isFileOfCore = (url: string): boolean => fileOfCore.test(url)

/** Of these there are instances also in threads that have loaded no more than a part of the package. */
let names: ReadonlyMap<unknown, string> = namesOf({ Duration, Interval, Time })

/** The package tells what it exports; looking for it by name, some loaders would load it once more. */
export function tellExports(exported: Readonly<Record<string, unknown>>): void {
  names = namesOf(exported)
}

function namesOf(exported: Readonly<Record<string, unknown>>): ReadonlyMap<unknown, string> {
  return new Map(Object.entries(exported).map(([name, value]) => [value, name]))
}

/** The origin of an export of this package. What it does not export is captured as the user's own code is. */
export function ownOrigin(value: unknown): ImportOrigin | undefined {
  const name = names.get(value)
  return name === undefined ? undefined : { specifier: core, name, from: '' }
}

/** This package, where an import that was captured is of it, under whatever name; the copy that runs here, wherever the other one was. */
export async function ownModule({ specifier, name }: ImportOrigin): Promise<Record<string, unknown> | undefined> {
  if (specifier !== core && !isFileOfCore(specifier)) return undefined
  const exports = (await import(core)) as Record<string, unknown>
  return name in exports ? exports : undefined
}

/** The id of an imported class: one, however this project's are reached. */
export const importedClassId = ({ specifier, name }: Pick<ImportOrigin, 'specifier' | 'name'>): string =>
  specifier === core || isFileOfCore(specifier) ? `import:dstream#${name}` : `import:${specifier}#${name}`

/** The same of an id that was written down, perhaps by another version. */
export function presentClassId(id: string): string {
  const [, specifier, name] = /^import:(.*)#([^#]*)$/.exec(id) ?? []
  return specifier === undefined || name === undefined ? id : importedClassId({ specifier, name })
}
