import { isMarked } from './not-run.ts'

/** A piece of code that the documentation shows. */
export interface Example {
  readonly file: string
  /** The line of the file on which the code starts. */
  readonly line: number
  readonly code: string
  /** Whether its results are compared: always in docstrings, in Markdown where the block says `ts run`. */
  readonly run: boolean
}

/** The ```ts blocks of a Markdown file. A block that is no whole program, such as a signature, says `ts fragment` and is not looked at. */
export function examplesOfMarkdown(file: string, text: string): Example[] {
  const blocks = text.matchAll(/^```ts\b(?<marks>[^\n]*)\n(?<code>[\s\S]*?)^```$/gm)
  return [...blocks].flatMap(({ index, groups = {} }) => {
    const marks = groups['marks'] ?? ''
    if (isMarked(marks, 'fragment')) return []
    return [{ file, line: lineAt(text, index) + 1, code: groups['code'] ?? '', run: isMarked(marks, 'run') }]
  })
}

/** Every `@example` of the docstrings of a source file: the rest of its line, and the lines up to the next tag. */
export function examplesOfSource(file: string, text: string): Example[] {
  const comments = text.matchAll(/\/\*\*[\s\S]*?\*\//g)
  return [...comments].flatMap(comment => {
    const examples = comment[0].matchAll(/@example\b(?<code>[\s\S]*?)(?=\n\s*\*\s*@\w|\s*\*\/)/g)
    return [...examples].map(({ index, groups = {} }) => {
      const lines = (groups['code'] ?? '').split('\n').map(line => line.replace(/^\s*\* ?/, ''))
      const lead = lines.findIndex(line => line.trim() !== '')
      const code = lines
        .slice(lead)
        .filter(line => !line.startsWith('```'))
        .join('\n')
      return { file, line: lineAt(text, comment.index + index) + lead, code: `${code}\n`, run: true }
    })
  })
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length
