import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { breaches, type Outcome } from '../check/outcome.ts'
import { listFiles, read } from '../check/sources.ts'
import { root } from '../source-scan.ts'

/** Every link of a page to a file of the repository leads somewhere. */
export const docLinks = (): Outcome =>
  breaches(
    listFiles('*.md', 'docs/**/*.md', 'decisions/*.md', '*/README.md').flatMap(file =>
      deadLinks(file, read(file), exists),
    ),
  )

const exists = (file: string): boolean => existsSync(join(root, file))

export function deadLinks(file: string, text: string, isThere: (file: string) => boolean): string[] {
  const links = text.replaceAll(/^```[\s\S]*?^```|`[^`\n]*`/gm, '').matchAll(/\]\((?!\w+:|#)([^)#\s]+)[^)]*\)/g)
  return [...links].flatMap(([, link = '']) => {
    const target = posix.join(posix.dirname(file), link)
    return isThere(target) ? [] : [`${file} links to ${link}, which is not there`]
  })
}
