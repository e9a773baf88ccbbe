import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { breaches, type Outcome } from '../check/outcome.ts'
import { root } from '../source-scan.ts'
import { exportsOf } from './declarations.ts'

const packages = ['dstream', 'packages/core', 'engines/local'] as const

/** Compares each package's checked-in api.md with what is built, or writes it. */
export function publicApi({ update = false } = {}): Outcome {
  return breaches([...packages.flatMap(folder => checkPackage(folder, update)), ...notReExported()])
}

/** People install `dstream`: what core has made public is public there. */
function notReExported(): string[] {
  const [all, core] = ['dstream', 'packages/core'].map(folder =>
    exportsOf(readFileSync(join(root, folder, 'dist/index.d.ts'), 'utf8')),
  )
  const missing = [...(core?.keys() ?? [])].filter(name => !all?.has(name))
  return missing.map(name => `dstream/src/index.ts does not export ${name}, which packages/core/src/index.ts does`)
}

function checkPackage(folder: string, update: boolean): string[] {
  const file = join(root, folder, 'api.md')
  const now = apiPage(folder)
  if (update) writeFileSync(file, now)
  const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (before === now) return []
  return [
    `The public API of ${folder} is not what ${folder}/api.md says. If it is meant, run \`npm run api:update\` and read the difference before you commit it.`,
    ...lineDifference(before, now),
  ]
}

/** The page of one package: every entry of its exports that is built, every name with its declaration. */
function apiPage(folder: string): string {
  const { name, exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string
    exports: Record<string, { types: string }>
  }
  const entries = Object.entries(exports).filter(([, { types }]) => existsSync(join(root, folder, types)))
  const sections = entries.map(([path, { types }]) => {
    const lines = declarationsAt(join(root, folder, types))
    return `## \`${join(name, path)}\`\n\n\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n`
  })
  return [
    `# Public API of \`${name}\`\n\nMade of the built declarations by \`npm run api:update\`.\n`,
    ...sections,
  ].join('\n')
}

/** Every exported name of a .d.ts with its declarations; one of another package with the package's name alone. */
function declarationsAt(file: string): string[] {
  return [...exportsOf(readFileSync(file, 'utf8')).keys()].sort().flatMap(name => declarationsOf(file, name, name))
}

function declarationsOf(file: string, name: string, shownAs: string): string[] {
  const found = exportsOf(readFileSync(file, 'utf8')).get(name)
  if (found === undefined) return [`// ${shownAs}: not found in ${file.slice(root.length)}`]
  if (found.kind === 'declared') return [...found.declarations]
  if (!found.module.startsWith('.'))
    return [`export { ${found.name === shownAs ? shownAs : `${found.name} as ${shownAs}`} } from '${found.module}'`]
  return declarationsOf(join(dirname(file), found.module.replace(/\.(?:ts|js)$/, '.d.ts')), found.name, shownAs)
}

/** The lines that only one of the two has, as a diff shows them. */
function lineDifference(before: string, now: string): string[] {
  const old = new Set(before.split('\n'))
  const fresh = new Set(now.split('\n'))
  return [
    ...[...old].filter(line => !fresh.has(line)).map(line => `- ${line}`),
    ...[...fresh].filter(line => !old.has(line)).map(line => `+ ${line}`),
  ]
}
