import { createRequire, isBuiltin } from 'node:module'
import { DStreamError } from '../errors/dstream-error.ts'
import { runAsIn } from './importing-script.ts'
import { ownModule } from './own-exports.ts'
import { registerImported, rememberedImport, rememberImport } from './remembered-imports.ts'
import type { ImportOrigin } from './origin.ts'

const modules = new Map<string, Record<string, unknown>>()
const keyOf = ({ specifier, from }: ImportOrigin): string => `${specifier}|${from}`

/** Loads the module of an import, resolved from the module of the user that imported it (from the working directory where that is gone). */
export async function loadImport(origin: ImportOrigin): Promise<void> {
  if (modules.has(keyOf(origin)) || rememberedImport(origin)) return
  modules.set(keyOf(origin), await importFrom(origin))
}

async function importFrom(origin: ImportOrigin): Promise<Record<string, unknown>> {
  const own = await ownModule(origin)
  if (own !== undefined) return own
  const { specifier, from } = origin
  const script = (filename: string): ((s: string) => Promise<Record<string, unknown>>) =>
    runAsIn('s => import(s)', { filename }) as never
  const here = `${process.cwd()}/dstream-closure.js`
  try {
    return await script(from || here)(specifier)
  } catch (error) {
    if (from !== '' && (error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND') {
      const second = await script(here)(specifier).catch(() => undefined)
      if (second !== undefined) return second
    }
    throw new DStreamError('IMPORT_FAILED', `A task function imports ${specifier}, which cannot be loaded here`, {
      hint: `Install it where ${from || 'the program'} finds it.`,
      cause: error,
    })
  }
}

/** The imported value. Built-ins load by themselves; other modules must have been loaded by `loadImport`. */
export function importedValue(origin: ImportOrigin): unknown {
  const known = rememberedImport(origin)
  if (known !== undefined) return known.value
  const { specifier, name } = origin
  const module = modules.get(keyOf(origin)) ?? (isBuiltin(specifier) ? builtinModule(specifier) : undefined)
  if (module === undefined)
    throw new DStreamError('IMPORT_NOT_PREPARED', `A task function imports ${specifier}, which is not loaded yet`, {
      hint: 'Await instantiator.prepare(functions) before instantiate.',
    })
  const value =
    name === '*'
      ? module
      : name in module
        ? module[name]
        : (module['default'] as Record<string, unknown> | undefined)?.[name]
  rememberImport(origin, value)
  registerImported(origin, value)
  return value
}

function builtinModule(specifier: string): Record<string, unknown> {
  const require = createRequire(`${process.cwd()}/`)
  const exports = require(specifier) as Record<string, unknown>
  return { ...exports, default: exports }
}
