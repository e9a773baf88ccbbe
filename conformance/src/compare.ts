import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result } from './cases.ts'

/** What the comparison says of the actual results. */
export interface Comparison {
  /** How many cases of each theme passed. */
  readonly passed: Readonly<Record<string, number>>
  /** Everything that `compare.mjs` printed. */
  readonly text: string
}

export const vectors = join(import.meta.dirname, '../vectors')

/** Holds results against what Spark produced, with `compare.mjs`. */
export function compare(actual: Readonly<Record<string, Result>>, directory = vectors): Comparison {
  const folder = mkdtempSync(join(tmpdir(), 'compare-'))
  const file = join(folder, 'actual.json')
  writeFileSync(file, JSON.stringify(actual))
  const script = join(import.meta.dirname, '../compare.mjs')
  const { stdout, stderr } = spawnSync(process.execPath, [script, directory, file, '--show', '1000'], {
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true })
  const counts = Array.from(
    stdout.matchAll(/^(\w+) +(\d+) passed, /gm),
    ([, theme = '', n]) => [theme, Number(n)] as const,
  )
  if (counts.length === 0) throw new Error(`compare.mjs counted nothing: ${stderr || stdout}`)
  return { passed: Object.fromEntries(counts), text: stdout }
}
