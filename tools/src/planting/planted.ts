import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A change of the system's text as it is loaded: one place of one source file. A deliberate mistake, or a point at which a process shall be killed;
 * so the source itself has no hooks for tests.
 */
export interface Planted {
  /** From the root of the repository. */
  readonly file: string
  /** Text that is in the file exactly once. */
  readonly search: string
  readonly replace: string
}

/** The environment variable that hands what is planted to a process, and to its worker threads. */
export const plantedVariable = 'DSTREAM_PLANTED'

const root = join(import.meta.dirname, '../../..')

/** What a Node process needs to have these planted in it (it runs the sources: `--conditions=source`). */
export function planting(planted: readonly Planted[]): {
  readonly args: string[]
  readonly env: Record<string, string>
} {
  return {
    args: ['--import', join(import.meta.dirname, 'plant.ts')],
    env: { [plantedVariable]: JSON.stringify(planted) },
  }
}

/** Why it cannot be planted: its place in the source is gone, or is not the only one. */
export function unplantable({ file, search }: Planted): string | undefined {
  const places = readFileSync(join(root, file), 'utf8').split(search).length - 1
  return places === 1 ? undefined : `${file} has ${places} times (once is wanted): ${search}`
}
