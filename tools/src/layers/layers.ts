import { posix } from 'node:path'
import { breaches, type Outcome } from '../check/outcome.ts'
import { read, sourceFiles } from '../check/sources.ts'

/** The layers of core, left to right. A folder sees itself and what stands to its left, not its neighbours in a group. */
const coreLayers: readonly (readonly string[])[] = [
  ['errors'],
  ['time'],
  ['logging'],
  ['codec'],
  ['storage', 'closures'],
  ['formats'],
  ['rdd'],
  ['engine'],
  ['context'],
  ['streaming'],
  ['testing'],
]

/** Which workspace sees which others, by name. */
const workspaceSees: Readonly<Record<string, readonly string[]>> = {
  '@dstream/core': [],
  '@dstream/local': ['@dstream/core', '@dstream/core/engine'],
  '@dstream/cli': ['@dstream/core', '@dstream/core/errors'],
  dstream: ['@dstream/core', '@dstream/core/testing', '@dstream/local'],
  conformance: ['dstream', 'dstream/testing'],
  scenarios: [
    'dstream',
    'dstream/testing',
    '@dstream/core',
    '@dstream/core/engine-testing',
    '@dstream/core/formats',
    '@dstream/core/simulation',
    '@dstream/core/testing',
    '@dstream/local',
  ],
  simulation: [
    'dstream',
    'dstream/testing',
    '@dstream/core',
    '@dstream/core/engine',
    '@dstream/core/engine-testing',
    '@dstream/core/simulation',
    '@dstream/core/testing',
  ],
  examples: ['dstream'],
  bench: ['dstream'],
  tools: ['dstream', 'dstream/testing'],
}

const workspaceFolders: readonly (readonly [folder: string, name: string])[] = [
  ['packages/core', '@dstream/core'],
  ['engines/local', '@dstream/local'],
  ['packages/cli', '@dstream/cli'],
  ['dstream', 'dstream'],
  ['conformance', 'conformance'],
  ['scenarios', 'scenarios'],
  ['simulation', 'simulation'],
  ['examples', 'examples'],
  ['bench', 'bench'],
  ['tools', 'tools'],
]

/** Tests that hold a rule over all sources read them with this. */
const sourceScan = 'tools/src/source-scan.ts'

/** The whole repository against the rules above. */
export const layers = (): Outcome => breaches(sourceFiles().flatMap(file => layerBreaches(file, read(file))))

/** The imports of one file that point where they must not: `file:line imports X: why`. */
export function layerBreaches(file: string, text: string): string[] {
  return importsOf(text).flatMap(({ specifier, line }) => {
    const why = specifier.startsWith('.') ? wrongInside(file, specifier) : wrongAcross(file, specifier)
    return why === undefined ? [] : [`${file}:${line} imports ${specifier}: ${why}`]
  })
}

const importPattern =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

interface Import {
  readonly specifier: string
  readonly line: number
}

/** Every module a file names, types included: a type is a dependency too. */
export function importsOf(text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, comment => comment.replaceAll(/[^\n]/g, ' '))
  return [...code.matchAll(importPattern)].map(match => ({
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
    line: code.slice(0, match.index + match[0].length).split('\n').length,
  }))
}

function wrongInside(file: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file), specifier)
  const [folder] = workspaceOf(file)
  if (file.endsWith('.test.ts') && target === sourceScan) return undefined
  if (!target.startsWith(`${folder}/`)) return `it leaves ${folder}; import the package by its name`
  if (folder !== 'packages/core') return undefined
  const from = coreFolder(file)
  const to = coreFolder(target)
  if (file.endsWith('.test.ts') && target.includes('/testing/')) return undefined
  if (from === undefined || from === to) return undefined
  if (to === undefined) return 'the public page of core is for other packages'
  if (layerOf(from) === -1) return `the folder ${from} has no place among the layers (tools/src/layers/layers.ts)`
  return layerOf(to) < layerOf(from) || (from === 'closures' && to === 'codec')
    ? undefined
    : `${from} must not see ${to}`
}

function wrongAcross(file: string, specifier: string): string | undefined {
  const [, name] = workspaceOf(file)
  const [first = '', second] = specifier.split('/')
  const target = first.startsWith('@') ? `${first}/${second}` : first
  if (!workspaceFolders.some(([, other]) => other === target)) return undefined
  if (file.endsWith('.test.ts') && specifier.endsWith('testing')) return undefined
  return workspaceSees[name]?.includes(specifier) ? undefined : `${name} must not see it`
}

function workspaceOf(file: string): readonly [folder: string, name: string] {
  const found = workspaceFolders.find(([folder]) => file.startsWith(`${folder}/`))
  if (!found) throw new Error(`${file} is in no workspace that tools/src/layers/layers.ts knows`)
  return found
}

/** `packages/core/src/rdd/plan/node.ts` → `rdd`; the files directly under src/ are the public page and have no layer. */
function coreFolder(file: string): string | undefined {
  const [folder, ...rest] = file.slice('packages/core/src/'.length).split('/')
  return rest.length === 0 ? undefined : folder
}

const layerOf = (folder: string): number => coreLayers.findIndex(layer => layer.includes(folder))
