import { Duration, Interval, Milliseconds, Minutes, Seconds, Time } from 'dstream'
import { errorOf, field, type Case, type Result } from '../cases.ts'
import { Unsupported, call, known } from '../unsupported.ts'
import { encode, type Json } from '../values.ts'

type Numbers = readonly number[]
type Operation = (args: Numbers) => unknown

const duration = (ms: number | undefined) => new Duration(ms ?? NaN)
const time = (ms: number | undefined) => new Time(ms ?? NaN)
const interval = (begin: number | undefined, end: number | undefined) => new Interval(time(begin), time(end))
const ofDurations = (method: string): Operation => {
  return args => call(duration(args[0]), method, ...args.slice(1).map(duration))
}
const ofTimes =
  (method: string): Operation =>
  args =>
    call(time(args[0]), method, ...args.slice(1).map(time))

const operations: Readonly<Record<string, Operation>> = {
  Milliseconds: ([n]) => Milliseconds(n ?? NaN),
  Seconds: ([n]) => Seconds(n ?? NaN),
  Minutes: ([n]) => Minutes(n ?? NaN),
  'Duration.plus': ofDurations('plus'),
  'Duration.minus': ofDurations('minus'),
  'Duration.times': ([ms, factor]) => call(duration(ms), 'times', factor),
  'Duration.div': ofDurations('div'),
  'Duration.less': ofDurations('lessThan'),
  'Duration.lessEq': ofDurations('lessOrEqual'),
  'Duration.greater': ofDurations('greaterThan'),
  'Duration.greaterEq': ofDurations('greaterOrEqual'),
  'Duration.min': ofDurations('min'),
  'Duration.max': ofDurations('max'),
  'Duration.equals': ofDurations('equals'),
  'Duration.isMultipleOf': ofDurations('isMultipleOf'),
  'Duration.isZero': ofDurations('isZero'),
  'Duration.toString': ofDurations('toString'),
  'Duration.toFormattedString': ofDurations('toFormattedString'),
  'Duration.prettyPrint': ofDurations('prettyPrint'),
  'Time.plus': ([ms, d]) => call(time(ms), 'plus', duration(d)),
  'Time.minusDuration': ([ms, d]) => call(time(ms), 'minus', duration(d)),
  'Time.minusTime': ofTimes('minus'),
  'Time.less': ofTimes('lessThan'),
  'Time.lessEq': ofTimes('lessOrEqual'),
  'Time.greater': ofTimes('greaterThan'),
  'Time.greaterEq': ofTimes('greaterOrEqual'),
  'Time.equals': ofTimes('equals'),
  'Time.min': ofTimes('min'),
  'Time.max': ofTimes('max'),
  'Time.toString': ofTimes('toString'),
  'Time.isMultipleOf': ([ms, d]) => call(time(ms), 'isMultipleOf', duration(d)),
  'Time.floor': ([ms, d]) => call(time(ms), 'floor', duration(d)),
  'Time.floorFrom': ([ms, d, zero]) => call(time(ms), 'floor', duration(d), time(zero)),
  'Time.until': ([from, to, step]) => call(time(from), 'until', time(to), duration(step)),
  'Time.to': ([from, to, step]) => call(time(from), 'to', time(to), duration(step)),
  'Interval.toString': ([b, e]) => call(interval(b, e), 'toString'),
  'Interval.duration': ([b, e]) => call(interval(b, e), 'duration'),
  'Interval.shift': ([b, e, d]) => call(interval(b, e), 'plus', duration(d)),
  'Interval.less': ([b1, e1, b2, e2]) => call(interval(b1, e1), 'lessThan', interval(b2, e2)),
}

/** Durations and times in milliseconds, intervals as [begin, end]; anything else in the encoding of values. */
function plainly(value: unknown): Json {
  if (value instanceof Duration || value instanceof Time) return value.milliseconds
  if (value instanceof Interval) return [value.beginTime.milliseconds, value.endTime.milliseconds]
  return Array.isArray(value) ? value.map(plainly) : encode(value)
}

/** Kind time: each expression by itself; one that throws does not end the others. */
export function runTime(c: Case): Result {
  const results = field(c.exprs, 'exprs').map(([name, ...args]) => {
    const operation = known(operations, name, 'time operation')
    try {
      return { value: plainly(operation(args.map(Number))) }
    } catch (error) {
      if (error instanceof Unsupported) throw error
      return { error: errorOf(error) }
    }
  })
  return { results }
}
