import { inspect } from 'node:util'
import type { TestEvent } from 'node:test/reporters'
import { countsLine } from './outcome.ts'

/**
 * A reporter for Node's test runner that shows only what a reader has to act on: failures, skipped tests with their reasons, and the counts.
 * Its last lines are what `readOutcome` reads.
 */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0
  let failed = 0
  const skipped: string[] = []
  for await (const event of events) {
    if (event.type === 'test:stderr') yield event.data.message
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { name, skip, todo, file = '', line = '' } = event.data
    const reason = skip ?? todo
    if (reason !== undefined && reason !== false) {
      skipped.push(`${name}: ${reason === true || reason === '' ? 'no reason given' : reason}`)
    } else if (event.type === 'test:fail') {
      const { error } = event.data.details
      if (isOnlyItsParts(error)) continue
      failed += 1
      yield `✗ ${name}\n    ${file}:${line}\n${indent(messageOf(error))}\n\n`
    } else if (event.data.details.type !== 'suite') {
      passed += 1
    }
  }
  for (const name of skipped) yield `skipped: ${name}\n`
  yield `${countsLine({ passed, failed, skipped, report: '' })}\n`
}

/** A suite, or a test with subtests, that failed because of them: they have been told already. */
const isOnlyItsParts = (error: Error): boolean => 'failureType' in error && error.failureType === 'subtestsFailed'

const messageOf = (error: Error): string => {
  const cause = error.cause ?? error
  return cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause === 'string' ? cause : inspect(cause)
}

const indent = (text: string): string => text.replaceAll(/^/gm, '    ')
