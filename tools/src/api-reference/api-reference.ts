import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { breaches, type Outcome } from '../check/outcome.ts'
import { root } from '../source-scan.ts'
import { lookUp } from './documented.ts'
import { pageOf, type Entry } from './page.ts'

const folder = 'docs/api'

/** A group of names of the public API: a comment of an index, and the exports below it. */
export interface Group {
  readonly title: string
  readonly names: readonly string[]
}

/** The groups of an index file, in its order; groups of one title are one. */
export function groupsOf(index: string, otherwise: string): Group[] {
  const groups = new Map<string, string[]>()
  let title = otherwise
  for (const [, comment, list] of index.matchAll(/^\/\/ (.+)$|^export (?:type )?\{([^}]*)\}/gm)) {
    if (comment !== undefined) title = comment
    if (list === undefined) continue
    const names = list.split(',').map(name => name.trim().replace(/^type\s+/, ''))
    groups.set(title, [...(groups.get(title) ?? []), ...names.filter(name => name !== '')])
  }
  return [...groups].map(([of, names]) => ({ title: of, names }))
}

/** The pages of the reference, by file name. */
function pages(): Map<string, string> {
  const made = new Map<string, string>()
  const contents: string[] = []
  for (const [module, title] of [
    ['index', 'dstream'],
    ['testing', 'Test kit'],
  ] as const) {
    const index = readFileSync(join(root, `dstream/src/${module}.ts`), 'utf8')
    const groups = groupsOf(index, title)
    const published = new Set(groups.flatMap(group => group.names))
    for (const group of groups) {
      const file = `${group.title.toLowerCase().replaceAll(/\W+/g, '-')}.md`
      made.set(file, pageOf(group.title, entriesOf(module, group.names), published))
      contents.push(`- [${group.title}](${file}): ${group.names.map(name => `\`${name}\``).join(', ')}`)
    }
  }
  return made.set(
    'README.md',
    `# API reference\n\nMade of the docstrings by \`npm run docs:api\`: change those.\n\n${contents.join('\n')}\n`,
  )
}

function entriesOf(module: string, names: readonly string[]): Entry[] {
  return names.map(name => {
    const declared = lookUp(join(root, `dstream/dist/${module}.d.ts`), name)
    if (declared === undefined) throw new Error(`dstream/dist/${module}.d.ts does not say where ${name} comes from`)
    return { name, declared }
  })
}

/** Compares the pages of docs/api with what is built, or writes them. */
export function apiReference({ update = false } = {}): Outcome {
  const made = pages()
  const there = globSync('*.md', { cwd: join(root, folder) })
  if (update) {
    mkdirSync(join(root, folder), { recursive: true })
    for (const file of there) if (!made.has(file)) rmSync(join(root, folder, file))
    for (const [file, text] of made) writeFileSync(join(root, folder, file), text)
    return breaches([])
  }
  const outdated = [...new Set([...made.keys(), ...there])].filter(file => readIfThere(file) !== made.get(file))
  return breaches(
    outdated.map(
      file => `${folder}/${file} is not what the docstrings say: run \`npm run docs:api\` and look at the difference.`,
    ),
  )
}

const readIfThere = (file: string): string | undefined =>
  existsSync(join(root, folder, file)) ? readFileSync(join(root, folder, file), 'utf8') : undefined
