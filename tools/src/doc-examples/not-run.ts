import type { ExampleProgram } from './program.ts'

/** A piece of code that the documentation shows and nobody runs. */
export interface NotRun {
  /** `file:line` */
  readonly place: string
  readonly reason: string
}

/** The blocks of a page that are not run, and those that do not say why. */
export interface NotRunInPage {
  readonly notRun: readonly NotRun[]
  /** One line for each breach: `file:line …`. */
  readonly breaches: readonly string[]
}

const howToSay = 'say ts run, or why not: ts no-run="its reason"'
const otherLanguage = /^(?:typescript|tsx|mts|js|jsx|mjs|javascript)$/

/** Every block of TypeScript or JavaScript is run, or says `no-run="…"`. Only the signatures of the API reference need no words of their own. */
export function notRunInPage(file: string, text: string): NotRunInPage {
  const notRun: NotRun[] = []
  const breaches: string[] = []
  for (const { line, indent, language, marks } of fencesOf(text)) {
    const place = `${file}:${line}`
    const reason = reasonIn(marks)
    if (otherLanguage.test(language) || (language === 'ts' && indent !== ''))
      breaches.push(`${place} a block of code starts with \`\`\`ts, where its line starts`)
    else if (language !== 'ts') continue
    else if (isMarked(marks, 'run') && reason !== undefined) breaches.push(`${place} is run and says why it is not`)
    else if (isMarked(marks, 'run')) continue
    else if (isMarked(marks, 'fragment') && file.startsWith('docs/api/'))
      notRun.push({ place, reason: 'a signature of the API reference' })
    else if (reason === undefined) breaches.push(`${place} is not run and does not say why; ${howToSay}`)
    else notRun.push({ place, reason })
  }
  return { notRun, breaches }
}

/** The examples of docstrings that are compiled only. Pages say it themselves. */
export function notRunInDocstrings(programs: readonly ExampleProgram[]): NotRun[] {
  return programs.flatMap(({ example: { file, line }, notRun }) =>
    file.endsWith('.md') || notRun === undefined ? [] : [{ place: `${file}:${line}`, reason: `@example ${notRun}` }],
  )
}

/** `no-run="its reason"`; words that are none of nothing but blanks. */
export const reasonIn = (marks: string): string | undefined =>
  /(?:^|\s)no-run="\s*([^"]*?)\s*"/.exec(marks)?.[1] || undefined

/** Whether the word stands by itself, not within a reason. */
export const isMarked = (marks: string, word: string): boolean =>
  marks
    .replace(/"[^"]*"/g, '""')
    .trim()
    .split(/\s+/)
    .includes(word)

interface Fence {
  readonly line: number
  readonly indent: string
  readonly language: string
  readonly marks: string
}

/** The opening fences; a fence within a block, such as Markdown shown in Markdown, is not one. */
function fencesOf(text: string): Fence[] {
  const fences: Fence[] = []
  let open: string | undefined
  for (const [index, row] of text.split('\n').entries()) {
    const [, indent = '', fence, language = '', marks = ''] = /^([\s>]*)(`{3,}|~{3,})\s*([\w-]*)(.*)$/.exec(row) ?? []
    if (fence === undefined) continue
    if (open === undefined) {
      open = fence
      fences.push({ line: index + 1, indent: fence.startsWith('~') ? fence : indent, language, marks })
    } else if (fence.startsWith(open) && language === '' && marks.trim() === '') open = undefined
  }
  return fences
}
