import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { field, type StepSpec } from '../cases.ts'
import { known } from '../unsupported.ts'

type FileStep = (directory: string, step: StepSpec) => void

const below = (directory: string, path: string | number | undefined) => join(directory, String(field(path, 'path')))

function setMtime(path: string, mtimeMs: number | undefined): void {
  if (mtimeMs !== undefined) utimesSync(path, mtimeMs / 1000, mtimeMs / 1000)
}

function put(write: (path: string, text: string) => void): FileStep {
  return (directory, step) => {
    const path = below(directory, step.path)
    mkdirSync(dirname(path), { recursive: true })
    write(path, step.text ?? '')
    setMtime(path, step.mtime)
  }
}

const steps: Readonly<Record<string, FileStep>> = {
  write: put(writeFileSync),
  append: put(appendFileSync),
  mkdir: (directory, step) => void mkdirSync(below(directory, step.path), { recursive: true }),
  touch: (directory, step) => setMtime(below(directory, step.path), step.mtime),
  rename: (directory, step) => renameSync(below(directory, step.from), below(directory, step.to)),
  delete: (directory, step) => rmSync(below(directory, step.path), { recursive: true }),
}

/** Performs a file step of kind stream; all paths are below `directory`. */
export function performFileStep(directory: string, step: StepSpec): void {
  known(steps, field(step.do, 'do'), 'file step')(directory, step)
}

/** Every file below `directory` by its path, with its text. Hadoop's hidden `.crc` files are left out, as in the vectors. */
export function filesBelow(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = files.map(entry => join(entry.parentPath, entry.name)).filter(path => !path.endsWith('.crc'))
  return Object.fromEntries(paths.sort().map(path => [relative(directory, path), readFileSync(path, 'utf8')]))
}
