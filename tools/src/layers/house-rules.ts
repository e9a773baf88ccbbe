import { breaches, type Outcome } from '../check/outcome.ts'
import { read, sourceFiles } from '../check/sources.ts'

interface Rule {
  readonly applies: (file: string) => boolean
  readonly pattern: RegExp
  readonly says: string
}

const isTest = (file: string) => file.endsWith('.test.ts')

/** Rules of this house that the linter does not know. That the control plane takes its time from a Clock is held by time/one-clock.test.ts. */
const rules: readonly Rule[] = [
  { applies: () => true, pattern: /^\s*export\s*\*/, says: 'an index names what it exports' },
  {
    applies: file => isTest(file),
    pattern: /^\s*(?:test|it|describe)\.only\(/,
    says: 'a test marked `only` silences all others',
  },
]

export const houseRules = (): Outcome => breaches(sourceFiles().flatMap(file => houseRuleBreaches(file, read(file))))

/** The lines of one file that break a rule. Comments are not code. */
export function houseRuleBreaches(file: string, text: string): string[] {
  const applicable = rules.filter(rule => rule.applies(file))
  return withoutComments(text)
    .split('\n')
    .flatMap((line, index) =>
      applicable
        .filter(rule => rule.pattern.test(line))
        .map(rule => `${file}:${index + 1} ${line.trim()}: ${rule.says}`),
    )
}

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*$/gm, comment => comment.replaceAll(/[^\n]/g, ' '))
