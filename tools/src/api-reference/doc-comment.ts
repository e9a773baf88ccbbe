/** A docstring, taken apart. */
export interface DocComment {
  /** What it says before its first tag, as Markdown. */
  readonly text: string
  readonly tags: readonly { readonly name: string; readonly text: string }[]
}

/** Takes a comment with its slashes and stars apart. */
export function docComment(comment: string): DocComment {
  const lines = comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map(line => line.replace(/^\s*\* ?/, '').trimEnd())
  const text: string[] = []
  const tags: { name: string; lines: string[] }[] = []
  for (const line of separated(lines)) {
    const [, name, rest = ''] = /^\s*@(\w+)\b ?(.*)$/.exec(line) ?? []
    const open = tags.at(-1)
    if (name !== undefined) tags.push({ name, lines: [rest] })
    else if (open === undefined) text.push(line)
    else open.lines.push(line)
  }
  return {
    text: withoutLinks(joined(text)),
    tags: tags.map(({ name, lines: own }) => ({
      name,
      text: name === 'example' ? joined(own) : withoutLinks(joined(own)),
    })),
  }
}

/** A tag that stands behind a sentence on one line gets a line of its own. */
const separated = (lines: readonly string[]): string[] =>
  lines.flatMap(line => line.split(/(?<=[.)]) (?=@(?:throws|see|internal)\b)/))

const joined = (lines: readonly string[]): string => lines.join('\n').trim()

const withoutLinks = (text: string): string => text.replaceAll(/\{@link (\S+?)\}/g, '`$1`')
