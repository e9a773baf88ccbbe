import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome } from '../check/outcome.ts'
import { runNode } from '../check/run-program.ts'
import { listFiles, read } from '../check/sources.ts'
import { root } from '../source-scan.ts'
import { exportFinder } from './exports.ts'
import { examplesOfMarkdown, examplesOfSource, type Example } from './extract.ts'
import { notRunInDocstrings, notRunInPage } from './not-run.ts'
import { programOf, type ExampleProgram } from './program.ts'

const folder = '.cache/doc-examples'

const pages = (): string[] => listFiles('*.md', 'docs/**/*.md', 'decisions/*.md', '*/README.md')

/** Compiles every example of the documentation, runs those that can be, and lists the others with why not. */
export async function docExamples(): Promise<Outcome> {
  const examples = allExamples()
  const { programs, breaches } = makePrograms(examples)
  const failures = [...breaches, ...(await inFolderOfItsOwn(own => compileAndRun(programs, own)))]
  const failed = new Set(failures.map(failure => failure.example))
  const inPages = pages().map(file => notRunInPage(file, read(file)))
  const unexplained = inPages.flatMap(page => page.breaches)
  const notRun = [...inPages.flatMap(page => page.notRun), ...notRunInDocstrings(programs)]
  return {
    passed: examples.length - failed.size,
    failed: failed.size + unexplained.length,
    skipped: [],
    report: [
      ...failures.map(({ example, line, message }) => `${example.file}:${line} ${message}`),
      ...unexplained,
    ].join('\n'),
    notRun: notRun.map(({ place, reason }) => `${place}: ${reason}`),
  }
}

async function compileAndRun(programs: readonly ExampleProgram[], own: string): Promise<Failure[]> {
  writePrograms(programs, own)
  return [...(await compileAll(programs)), ...(await runAll(programs, own))]
}

/** What the examples write, to where they say `/tmp` or `/data` or name no folder, goes to a folder that is removed. */
async function inFolderOfItsOwn<T>(use: (own: string) => Promise<T>): Promise<T> {
  const own = mkdtempSync(join(tmpdir(), 'doc-examples-'))
  try {
    return await use(own)
  } finally {
    rmSync(own, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface Failure {
  readonly example: Example
  readonly line: number
  readonly message: string
}

function allExamples(): Example[] {
  const sources = listFiles('packages/*/src/**/*.ts', 'engines/*/src/**/*.ts', 'dstream/src/**/*.ts')
  return [
    ...pages().flatMap(file => examplesOfMarkdown(file, read(file))),
    ...sources.flatMap(file => examplesOfSource(file, read(file))),
  ]
}

function makePrograms(examples: readonly Example[]): { programs: ExampleProgram[]; breaches: Failure[] } {
  const find = exportFinder()
  const programs: ExampleProgram[] = []
  const breaches: Failure[] = []
  for (const example of examples) {
    try {
      programs.push(programOf(example, find))
    } catch (error) {
      breaches.push({ example, line: example.line, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { programs, breaches }
}

const compiledFile = (index: number) => `${folder}/compile/${index}.ts`
const runFile = (index: number) => `${folder}/run/${index}.js`

function writePrograms(programs: readonly ExampleProgram[], own: string): void {
  rmSync(join(root, folder), { recursive: true, force: true })
  for (const part of ['compile', 'run']) mkdirSync(join(root, folder, part), { recursive: true })
  for (const file of ['compare.ts', 'context.ts', 'leave.ts', 'stage.ts'])
    writeFileSync(join(root, folder, 'run', file), read(`tools/src/doc-examples/${file}`))
  writeFileSync(join(root, folder, 'tsconfig.json'), JSON.stringify(compilerSettings))
  programs.forEach(({ example, toCompile, toRun }, index) => {
    writeFileSync(join(root, compiledFile(index)), nested(toCompile))
    if (toRun !== undefined)
      writeFileSync(join(root, runFile(index)), nested(example.file.endsWith('.md') ? inFolder(own, toRun) : toRun))
  })
}

/** Pages write to `/tmp` and `/data`. */
const inFolder = (own: string, code: string) => code.replaceAll(/'\/(tmp|data)\b/g, `'${own}/$1`)

/** The programs stand one folder deeper than the specifiers say. */
const nested = (code: string) => code.replaceAll(/(from '|import\(')\.\.\/\.\.\//g, '$1../../../')

const compilerSettings = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    noEmit: true,
    customConditions: ['source'],
    noUnusedLocals: false,
    noUnusedParameters: false,
    verbatimModuleSyntax: false,
  },
  include: ['compile/*.ts'],
}

async function compileAll(programs: readonly ExampleProgram[]): Promise<Failure[]> {
  const { output } = await runNode(['node_modules/typescript/bin/tsc', '-p', folder, '--pretty', 'false'])
  const messages = output.matchAll(/doc-examples\/compile\/(\d+)\.ts\((\d+),\d+\): error (.*)/g)
  return [...messages].flatMap(([, index, line, message = '']) =>
    failureOf(programs[Number(index)], Number(line) - 2, message),
  )
}

async function runAll(programs: readonly ExampleProgram[], own: string): Promise<Failure[]> {
  const running = programs.flatMap(({ toRun }, index) => (toRun === undefined ? [] : [{ toRun, file: runFile(index) }]))
  // Those that make a context of their own first: the one that the others share stays until the end.
  const [onShared, onOwn] = [true, false].map(wanted =>
    running.filter(({ toRun }) => /'\.\/(?:context|stage)\.ts'/.test(toRun) === wanted),
  )
  const files = [...onOwn!, ...onShared!].map(({ file }) => file)
  if (files.length === 0) return []
  const { stdout, exitCode, output } = await runNode(
    ['--disable-warning=ExperimentalWarning', '--conditions=source', 'tools/src/doc-examples/run-all.ts', ...files],
    { limitMs: 120_000, env: { TMPDIR: own } },
  )
  if (exitCode !== 0) throw new Error(`The examples did not run to their end (exit code ${exitCode}):\n${output}`)
  const lines = stdout.split('\n').filter(line => line.startsWith('{"file"'))
  return lines.flatMap(line => {
    const { file, message } = JSON.parse(line) as { file: string; message: string }
    return failureOf(programs[Number(/(\d+)\.js$/.exec(file)?.[1])], 0, message)
  })
}

const failureOf = (program: ExampleProgram | undefined, offset: number, message: string): Failure[] =>
  program === undefined ? [] : [{ example: program.example, line: program.example.line + Math.max(0, offset), message }]
