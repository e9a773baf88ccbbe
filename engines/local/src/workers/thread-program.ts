import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DStreamError } from '@dstream/core/engine'

/**
 * The module of a thread's program beside this one: TypeScript where the sources run directly, JavaScript where they are built.
 * @throws DStreamError THREAD_PROGRAM_MISSING
 */
export function threadProgram(name: string, from: string): URL {
  const program = new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from)
  if (existsSync(program)) return program
  throw new DStreamError(
    'THREAD_PROGRAM_MISSING',
    `Threads cannot be started: their program ${fileURLToPath(program)} is not there`,
    {
      hint: 'A bundler has taken dstream into your program. Leave dstream and @dstream/* out of the bundle (docs/guide/18-deploying.md).',
    },
  )
}
