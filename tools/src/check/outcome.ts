/** What one step of the check found. The counts are of single tests where a step has them; any other step is one. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  /** What was not run, each with its reason: `name: reason`. */
  readonly skipped: readonly string[]
  /** Shown when the step fails. */
  readonly report: string
  /** What is not run because it says so, and counts neither as passed nor as skipped: `name: reason`. */
  readonly notRun?: readonly string[]
}

/** One thing that holds or does not. */
export const verdict = (holds: boolean, report: string): Outcome =>
  holds ? { passed: 1, failed: 0, skipped: [], report } : { passed: 0, failed: 1, skipped: [], report }

/** The outcome of a rule: every line is one breach of it. */
export const breaches = (lines: readonly string[]): Outcome => verdict(lines.length === 0, lines.join('\n'))

export const sum = (outcomes: readonly Outcome[]): Outcome => ({
  passed: outcomes.reduce((total, outcome) => total + outcome.passed, 0),
  failed: outcomes.reduce((total, outcome) => total + outcome.failed, 0),
  skipped: outcomes.flatMap(outcome => outcome.skipped),
  report: outcomes
    .map(outcome => outcome.report)
    .filter(report => report !== '')
    .join('\n'),
  notRun: outcomes.flatMap(outcome => outcome.notRun ?? []),
})

/** The last line of every test command. */
export const countsLine = ({ passed, failed, skipped }: Outcome): string =>
  `${passed} passed, ${failed} failed, ${skipped.length} skipped`

/** What was not run, grouped by why: one line `label (3): reason: name, name, name` for each reason. The entries are `name: reason`. */
export function byReason(label: string, entries: readonly string[]): string[] {
  const names = new Map<string, string[]>()
  for (const entry of entries) {
    const [name = '', ...reason] = entry.split(': ')
    const key = reason.join(': ')
    names.set(key, [...(names.get(key) ?? []), name])
  }
  return [...names].map(([reason, all]) => `${label} (${all.length}): ${reason}: ${shorten(all)}`)
}

const shorten = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`

const countsPattern = /^(\d+) passed, (\d+) failed, (\d+) skipped$/

/**
 * Reads what another runner printed: its counts from the last line that has them, and what it skipped from lines `skipped: NAME: REASON`.
 * A runner that printed no counts, or that failed without a failure in them, has failed.
 */
export function readOutcome(output: string, exitCode: number | null): Outcome {
  const lines = output.trimEnd().split('\n')
  const counts = lines.map(line => countsPattern.exec(line.trim())).findLast(match => match !== null)
  if (!counts) return verdict(false, `${output}\nIt ended with exit code ${exitCode} and printed no counts.`)
  const [passed = 0, failed = 0, skipped = 0] = counts.slice(1).map(Number)
  const named = lines.filter(line => line.startsWith('skipped: ')).map(line => line.slice('skipped: '.length))
  const unnamed = Math.max(0, skipped - named.length)
  return {
    passed,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: [...named.slice(0, skipped), ...Array.from({ length: unnamed }, () => 'not named by its runner')],
    report: output,
  }
}
