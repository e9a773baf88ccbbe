/** One exported name of a module, as its .d.ts has it. */
export type Exported =
  /** Declared here; overloads are several declarations. */
  | { readonly kind: 'declared'; readonly declarations: readonly string[] }
  /** Taken from another module, where it may have another name. */
  | { readonly kind: 'from'; readonly module: string; readonly name: string }

/** The exported names of a .d.ts file, in its order. */
export function exportsOf(text: string): Map<string, Exported> {
  const declared = new Map<string, string[]>()
  const imported = new Map<string, Exported>()
  const exported = new Map<string, Exported>()
  for (const statement of statementsOf(withoutComments(text))) {
    const list = /^(import|export)\s+(?:type\s+)?\{([^}]*)\}(?:\s*from\s*['"]([^'"]+)['"])?/.exec(statement)
    if (list) {
      const [, keyword, names = '', module] = list
      for (const [name, alias] of namesIn(names)) {
        if (keyword === 'import' && module !== undefined) imported.set(alias, { kind: 'from', module, name })
        else if (module !== undefined) exported.set(alias, { kind: 'from', module, name })
        else exported.set(alias, imported.get(name) ?? { kind: 'declared', declarations: declared.get(name) ?? [] })
      }
      continue
    }
    const declaration = statement.replace(/^export\s+/, '').replace(/^declare\s+/, '')
    const name = /^(?:abstract\s+)?(?:class|interface|type|function|const|let)\s+([\w$]+)/.exec(declaration)?.[1]
    if (name === undefined) continue
    const declarations = declared.get(name) ?? []
    declarations.push(tidy(declaration))
    declared.set(name, declarations)
    if (statement.startsWith('export')) exported.set(name, { kind: 'declared', declarations })
  }
  return exported
}

/** `A, type B, C as D` → [A, A], [B, B], [C, D]. */
function namesIn(list: string): [name: string, alias: string][] {
  return list
    .split(',')
    .map(part => part.trim().replace(/^type\s+/, ''))
    .filter(part => part !== '')
    .map(part => {
      const [name = '', alias = name] = part.split(/\s+as\s+/)
      return [name, alias]
    })
}

/** A declaration with one member a line, without what is nobody's business. */
const tidy = (declaration: string): string =>
  declaration
    .split('\n')
    .map(line => line.trimEnd().replace(/^( {4})+/, indent => '  '.repeat(indent.length / 4)))
    .filter(line => !/^\s*(#private|private\b.*);?$/.test(line) && line !== '')
    .join('\n')

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')

const statementsOf = (text: string): string[] => placesOf(text).map(([from, to]) => text.slice(from, to).trim())

/** Where the statements of a .d.ts without comments begin and end: cut at every top-level `;`, and the `}` of a class or an interface. */
export function placesOf(text: string): [from: number, to: number][] {
  const places: [number, number][] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at)
    if (c === "'" || c === '"' || c === '`') at = text.indexOf(c, at + 1)
    else if ('{([<'.includes(c)) depth += 1
    else if ('})]'.includes(c) || (c === '>' && text.charAt(at - 1) !== '=')) depth -= 1
    const isBody =
      c === '}' && /^\s*(?:export\s+)?(?:declare\s+)?(?:abstract\s+)?(?:class|interface)\b/.test(text.slice(from, at))
    if (depth === 0 && (c === ';' || isBody)) {
      places.push([from, at + 1])
      from = at + 1
    }
  }
  return places
}
