import { parse, type Comment, type Program, type Statement } from 'acorn'
import { stripTypeScriptTypes } from 'node:module'
import { castOf, onStage } from './cast.ts'
import type { Example } from './extract.ts'

/** An example made into modules that can be compiled and run; each has one line before the code, so lines map back by subtraction. */
export interface ExampleProgram {
  readonly example: Example
  readonly toCompile: string
  /** Absent when it is not to be run. */
  readonly toRun?: string
  /** Why it is not to be run. */
  readonly notRun?: string
}

/** Which module exports a name, as an import specifier: the nearest one to the example's own file. */
export type FindExport = (name: string, from: string) => string | undefined

/** The function the programs compare with. */
const compare = '__is'

export function programOf(example: Example, findExport: FindExport): ExampleProgram {
  const { code, file } = example
  const cast = castOf(file)
  const imported = namesIn(code).flatMap(name => {
    const module = findExport(name, file)
    return module === undefined ? [] : [{ name, module }]
  })
  const isImported = new Set(imported.map(({ name }) => name))
  const assumed = namesIn(withoutProse(code)).filter(name => Object.hasOwn(cast, name) && !isImported.has(name))
  const imports = imported.map(({ name, module }) => `import { ${name} } from '${module}'`).join('; ')
  const declarations = assumed.map(name => `declare const ${name}: ${cast[name]}`).join('; ')
  const toCompile = `export {}; ${imports}; ${declarations}\n${code}`
  const inPage = file.endsWith('.md')
  const staged = inPage ? [...assumed, ...declaredIn(code)].filter(name => onStage.has(name)) : []
  const missing = assumed.filter(name => name !== 'sc' && !staged.includes(name))
  const notRun = whyNot(example, inPage, missing)
  if (notRun !== undefined) return { example, toCompile, notRun }
  const { before, after } = inPage ? framed(code, staged, assumed.includes('sc')) : { before: '', after: '' }
  const context = assumed.includes('sc') ? "import { sc } from './context.ts'; " : ''
  return {
    example,
    toCompile,
    toRun: `import { ${compare} } from './compare.ts'; ${context}${imports}; ${before}\n${comparing(code)}\n;${after}\n`,
  }
}

/** What stands before and after a block of a page: it gets what is on stage, and what it leaves running is stopped. */
function framed(code: string, staged: readonly string[], usesContext: boolean): { before: string; after: string } {
  const declared = topLevelNames(code).join(', ')
  return staged.length > 0
    ? {
        before: `import { __stage } from './stage.ts'; const { play: __play, ${staged.join(', ')} } = __stage()`,
        after: `await __play([${declared}])`,
      }
    : {
        before: "import { __leave } from './leave.ts'",
        after: `await __leave([${declared}]${usesContext ? ', sc' : ''})`,
      }
}

/** A docstring may leave its names to the reader. A block of a page says itself that it is run, so that it must not be skipped in silence. */
function whyNot({ run, code }: Example, inPage: boolean, missing: readonly string[]): string | undefined {
  if (!run) return 'says so itself'
  if (inPage && missing.length > 0)
    throw new Error(`a block that is run cannot use '${missing.join("', '")}' without introducing it`)
  if (missing.length > 0) return 'uses names that it does not make'
  return inPage || code.includes('// =>') ? undefined : 'states no result'
}

/** What the code declares to be there. */
const declaredIn = (code: string): string[] => [...code.matchAll(/^declare const (\w+)/gm)].map(([, name = '']) => name)

/** The code without its comments and what stands between quotes. */
const withoutProse = (code: string): string => code.replaceAll(/\/\/.*$/gm, '').replaceAll(/'[^'\n]*'/g, "''")

/** The names that stand in the code without being introduced by it; those of members, behind a dot, are not names of their own. */
const namesIn = (code: string): string[] =>
  [...new Set(code.match(/(?<!(?:^|[^.])\.)\b[A-Za-z_$][\w$]*\b/g))].filter(name => !isDeclaredIn(code, name))

/** Whether the code itself introduces the name, by an import, a declaration or as a parameter at its top. */
const isDeclaredIn = (code: string, name: string): boolean =>
  new RegExp(
    `\\b(?:const|let|class|function|interface|type)\\s+${name}\\b|import[^;\\n]*\\b${name}\\b[^;\\n]*from|(?:const|let)\\s*[{[][^=\\n]*\\b${name}\\b`,
  ).test(code)

/** The variables that are declared outside of all functions. */
function topLevelNames(code: string): string[] {
  const options = { ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true } as const
  return parse(stripTypeScriptTypes(code), options).body.flatMap(statement =>
    statement.type === 'VariableDeclaration'
      ? statement.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
      : [],
  )
}

/** The code with every `expression // => value` made into a comparison. Types are gone, places are kept. */
function comparing(code: string): string {
  const plain = stripTypeScriptTypes(code)
  const comments: Comment[] = []
  const program = parse(plain, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowAwaitOutsideFunction: true,
    onComment: comments,
  })
  const promises = comments.flatMap(comment => {
    const value = /^\s*=>\s*(.*)$/.exec(comment.value)?.[1]
    return comment.type === 'Line' && value !== undefined ? [{ at: comment.start, value }] : []
  })
  return promises.reduceRight((text, { at, value }) => withComparison(text, statementBefore(program, at), value), plain)
}

function statementBefore(program: Program, at: number): Statement {
  const statement = program.body.findLast(candidate => candidate.end <= at)
  if (statement === undefined) throw new Error('there is a result without a statement before it')
  return statement as Statement
}

function withComparison(text: string, statement: Statement, value: string): string {
  const expected = valueOf(value)
  const before = text.slice(0, statement.start)
  const source = text.slice(statement.start, statement.end)
  const after = text.slice(statement.end)
  if (statement.type === 'ExpressionStatement') {
    const expression = text.slice(statement.expression.start, statement.expression.end)
    return `${before};await ${compare}(async () => (${expression}), ${expected});${after}`
  }
  const declared = statement.type === 'VariableDeclaration' ? statement.declarations.at(-1)?.id : undefined
  if (declared?.type !== 'Identifier') throw new Error('a result stands behind an expression or a declared name')
  return `${before}${source}; await ${compare}(async () => ${declared.name}, ${expected});${after}`
}

/** `throws CODE`, or a JavaScript expression. */
function valueOf(text: string): string {
  const code = /^throws (\w+)/.exec(text)?.[1]
  if (code !== undefined) return `{ throws: '${code}' }`
  if (!isOneValue(text)) throw new Error(`'${text}' is not one value; say it in a comment without '=>'`)
  return `{ value: (${text}) }`
}

function isOneValue(text: string): boolean {
  try {
    const [statement, ...more] = parse(`(${text})`, { ecmaVersion: 'latest' }).body
    return statement?.type === 'ExpressionStatement' && more.length === 0
  } catch {
    return false
  }
}
