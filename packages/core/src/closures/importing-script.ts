import { constants, Script } from 'node:vm'

let silenced = false

/**
 * Runs a piece of code as if it stood in the file `filename`: stack traces say so, and `import()` inside resolves from there. Node prints a warning
 * about the latter the first time; it is about how this works, of no use to the reader of a program's output, so it is kept back.
 */
export function runAsIn(text: string, position: { readonly filename: string; readonly lineOffset?: number }): unknown {
  if (!/\bimport\b/.test(text)) return new Script(text, position).runInThisContext()
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  if (!silenced) keepWarningBack()
  return new Script(text, { ...position, importModuleDynamically }).runInThisContext()
}

function keepWarningBack(): void {
  silenced = true
  const { emitWarning } = process
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes('USE_MAIN_CONTEXT_DEFAULT_LOADER'))
      Reflect.apply(emitWarning, process, [warning, ...rest])
  }) as typeof emitWarning
  try {
    const options = {
      filename: 'dstream-closure.js',
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }
    void (new Script(`import('node:module')`, options).runInThisContext() as Promise<unknown>)
  } finally {
    process.emitWarning = emitWarning
  }
}
