import type { DocComment } from './doc-comment.ts'
import { lookUp, membersOf, type Declared, type Documented } from './documented.ts'

/** A name of the public API, with what was found of it. */
export interface Entry {
  readonly name: string
  readonly declared: Declared
}

/** One page: each name of a group with its docstring, classes member by member. `published` are all the names that have sections. */
export function pageOf(title: string, entries: readonly Entry[], published: ReadonlySet<string>): string {
  const index = entries.map(({ name, declared }) => {
    const sentence = firstSentence(declared.parts.map(part => part.doc.text).find(text => text !== '') ?? '')
    return `- [\`${name}\`](#${anchor(name)})${sentence === '' ? '' : `: ${sentence}`}`
  })
  return [
    `# ${title}`,
    'Made of the docstrings by `npm run docs:api`: change those.',
    index.join('\n'),
    ...entries.flatMap(entry => entrySections(entry, published)),
  ]
    .join('\n\n')
    .concat('\n')
}

function entrySections({ name, declared }: Entry, published: ReadonlySet<string>): string[] {
  const { parts } = declared
  const classPart = parts.find(part => /^(?:abstract )?class /.test(part.code))
  const heading = `## ${name}`
  if (classPart === undefined) return [heading, ...parts.flatMap(part => [block(part.code), ...docSections(part.doc)])]
  return [
    heading,
    block(headerOf(classPart)),
    ...docSections(classPart.doc),
    ...classSections({ name, declared }, classPart, published),
  ]
}

/** A class with those of its members that have no docstring; the others have sections of their own. */
function headerOf({ code }: Documented): string {
  const header = code.slice(0, code.indexOf(' {\n'))
  const members = membersOf(code).filter(isUndocumented)
  return members.length === 0 ? header : `${header} {\n${members.map(member => `    ${member.code}`).join('\n')}\n}`
}

const isUndocumented = ({ doc }: Documented): boolean => doc.text === '' && doc.tags.length === 0

/** The members of a class and of the pages that it is made of: classes that are not public themselves. */
function classSections({ name, declared }: Entry, { code }: Documented, published: ReadonlySet<string>): string[] {
  const own = byName(membersOf(code)).map(members => memberSections(name, members))
  const parent = /^(?:abstract )?class [^{]*? extends ([\w$]+)/.exec(code)?.[1]
  if (parent !== undefined && published.has(parent)) return [...own.flat(1), `It has the members of \`${parent}\` too.`]
  const base = parent === undefined ? undefined : lookUp(declared.file, parent)
  const basePart = base?.parts.find(part => /^abstract class /.test(part.code))
  if (base === undefined || basePart === undefined) return own.flat(1)
  return [
    ...own.flat(1),
    ...docSections({ ...basePart.doc, tags: [] }),
    ...classSections({ name, declared: base }, basePart, published),
  ]
}

function memberSections(className: string, members: readonly Documented[]): string[] {
  const [first] = members
  const shown = members.filter(({ doc }) => !doc.tags.some(tag => tag.name === 'internal'))
  if (first === undefined || shown.every(isUndocumented)) return []
  const title = first.name === 'constructor' ? `new ${className}` : `${className}.${first.name}`
  return [
    `### ${title}`,
    block(shown.map(({ code }) => code).join('\n')),
    ...shown.flatMap(({ doc }) => docSections(doc)),
  ]
}

function byName(members: readonly Documented[]): Documented[][] {
  const groups = new Map<string, Documented[]>()
  for (const member of members) groups.set(member.name, [...(groups.get(member.name) ?? []), member])
  return [...groups.values()]
}

function docSections({ text, tags }: DocComment): string[] {
  const of = (name: string): string[] => tags.filter(tag => tag.name === name && tag.text !== '').map(tag => tag.text)
  const parameters = of('param').map(parameter => `- ${parameter.replace(/^(\S+)\s+(?:- )?/, '`$1`: ')}`)
  return [
    text,
    parameters.join('\n'),
    ...of('returns').map(what => `Returns ${what}`),
    ...of('throws').map(what => `Throws ${what}`),
    ...of('see').map(what => `See ${what}`),
    ...of('example').map(code => block(code)),
  ].filter(section => section !== '')
}

/** Signatures, and examples that run where they stand. */
const block = (code: string): string => `\`\`\`ts fragment\n${tidy(code)}\n\`\`\``

const tidy = (code: string): string =>
  code
    .split('\n')
    .map(line => line.trimEnd().replace(/^( {4})+/, indent => '  '.repeat(indent.length / 4)))
    .filter(line => !/^\s*(?:#private|private\b.*);?$/.test(line))
    .join('\n')
    .trim()

const firstSentence = (text: string): string =>
  /^[\s\S]*?[.:](?=\s|$)/.exec(text)?.[0].replaceAll('\n', ' ').replace(/:$/, '') ?? text

const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')
