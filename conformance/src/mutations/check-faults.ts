import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planting, unplantable } from '@dstream/tools/planting'
import type { Result } from '../cases.ts'
import { compare, vectors } from '../compare.ts'
import type { Fault } from './fault.ts'

const root = join(import.meta.dirname, '../../..')
const atOnce = 2
/** Real time in ms after which a single case is given up: some faults make cases wait for what never comes. */
const caseBoundMs = 3000

type Passed = Readonly<Record<string, number>>

/** What came of one fault. */
interface Finding {
  readonly fault: Fault
  /** How many vectors it turned red. */
  readonly red: number
  /** Why that is wrong; undefined where it is as it should be. */
  readonly problem?: string
}

/**
 * Runs the vectors once as things are, then once with each fault, and tells how many vectors each turned red. A fault that no vector notices has
 * failed, and so has one whose place in the source is gone.
 *
 * @returns how many faults have failed
 */
export async function checkFaults(faults: readonly Fault[], tell: (line: string) => void): Promise<number> {
  const start = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'mutations-'))
  try {
    const themes = [...new Set(faults.flatMap(fault => fault.themes))]
    const before = await passedWith(undefined, themes, join(folder, 'before'))
    const findings: Finding[] = []
    const rest = faults.entries()
    const next = async (): Promise<void> => {
      for (const [i, fault] of rest) {
        const finding = await findingOf(fault, before, join(folder, String(i)))
        tell(lineOf(finding))
        findings.push(finding)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, next))
    const failed = findings.filter(({ problem }) => problem !== undefined).length
    tell(`in ${((performance.now() - start) / 1000).toFixed(1)} s`)
    tell(`${findings.length - failed} passed, ${failed} failed, 0 skipped`)
    return failed
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const lineOf = ({ fault, red, problem }: Finding): string =>
  problem === undefined ? `${String(red).padStart(4)} red: ${fault.name}` : `not ok: ${fault.name}: ${problem}`

async function findingOf(fault: Fault, before: Passed, folder: string): Promise<Finding> {
  const problem = unplantable(fault)
  if (problem !== undefined) return { fault, red: 0, problem }
  try {
    const after = await passedWith(fault, fault.themes, folder)
    const red = fault.themes.reduce((sum, theme) => sum + (before[theme] ?? 0) - (after[theme] ?? 0), 0)
    return red > 0 ? { fault, red } : { fault, red, problem: `no vector of ${fault.themes.join(', ')} notices` }
  } catch (error) {
    return { fault, red: 0, problem: (error as Error).message }
  }
}

/** How many vectors of each theme pass, in a process of its own that has this fault. `folder` is made for what it needs. */
async function passedWith(fault: Fault | undefined, themes: readonly string[], folder: string): Promise<Passed> {
  mkdirSync(folder)
  for (const name of [...themes, 'inapplicable'])
    copyFileSync(join(vectors, `${name}.json`), join(folder, `${name}.json`))
  const out = join(folder, 'actual')
  const planted = planting(fault === undefined ? [] : [fault])
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--conditions=source',
      ...planted.args,
      'conformance/src/main.ts',
      folder,
      ...['--out', out, '--bound', String(caseBoundMs), '--slow', String(caseBoundMs)],
    ],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...planted.env },
    },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const exitCode = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (exitCode !== 0) throw new Error(`the runner ended with exit code ${exitCode}: ${said}`)
  return compare(JSON.parse(readFileSync(out, 'utf8')) as Record<string, Result>, folder).passed
}
