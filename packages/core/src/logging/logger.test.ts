import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DStreamError } from '../errors/dstream-error.ts'
import { ManualClock } from '../time/manual-clock.ts'
import { createLog } from './logger.ts'
import type { Log, LogLevel } from './logger.ts'

function logged(level: LogLevel | undefined, write: (log: Log) => void): string[] {
  const lines: string[] = []
  const clock = new ManualClock(new Date(2024, 0, 31, 9, 5, 7).getTime())
  write(createLog({ clock, sink: line => lines.push(line), ...(level === undefined ? {} : { level }) }))
  return lines
}

test('a line is time, level, component and message, as on Spark’s console', () => {
  assert.deepEqual(
    logged(undefined, log => log.logger('JobScheduler').warn('late')),
    ['24/01/31 09:05:07 WARN JobScheduler: late\n'],
  )
})

test('by default warnings and errors are logged and nothing below', () => {
  const all = (log: Log): void => {
    const logger = log.logger('X')
    logger.debug('d')
    logger.info('i')
    logger.warn('w')
    logger.error('e')
  }
  const levels = (level?: LogLevel): string => logged(level, all).map(line => line.at(-2)).join('') // prettier-ignore
  assert.deepEqual(
    [levels(), levels('ALL'), levels('INFO'), levels('ERROR'), levels('OFF')],
    ['we', 'diwe', 'iwe', 'e', ''],
  )
})

test('a message given as a function is not made when it is not logged', () => {
  logged('WARN', log => log.logger('X').debug(() => assert.fail('made')))
})

test('an error is said in the same line, with its cause, and cannot write lines of its own', () => {
  const error = new DStreamError('SOME_CODE', 'Broken', {
    hint: 'Mend it.',
    cause: 'text\n24/01/01 00:00:00 ERROR Fake: x\u001b[31m',
  })
  assert.deepEqual(
    logged('WARN', log => log.logger('X').error('No luck', error)),
    [
      '24/01/31 09:05:07 ERROR X: No luck: DStreamError: Broken → Mend it.; caused by text 24/01/01 00:00:00 ERROR Fake: x\\u001b[31m\n',
    ],
  )
})

test('the level can be changed later, by any case of its name; an unknown one is refused with the known ones', () => {
  const lines = logged('WARN', log => {
    log.setLogLevel('info')
    log.logger('X').info('now')
    assert.equal(log.level, 'INFO')
    assert.throws(() => log.setLogLevel('LOUD'), {
      code: 'UNKNOWN_LOG_LEVEL',
      message: /^Supplied level LOUD did not match one of: ALL,DEBUG/,
    })
  })
  assert.equal(lines.length, 1)
})

test('at level DEBUG the stack of an error is in the line', () => {
  const [line] = logged('DEBUG', log => log.logger('X').warn('w', new Error('boom')))
  assert.match(line!, /Error: boom at .*logger\.test\.ts/)
})
