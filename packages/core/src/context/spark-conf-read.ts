import type { ConfKey, Settings } from './keys.ts'
import { confKeys } from './keys.ts'
import type { SparkConf } from './spark-conf.ts'
import { booleanOf, integerOf, malformed, numberOf, sizeBytesOf, timeMsOf } from './spark-conf-values.ts'

const keys: readonly (readonly [string, ConfKey])[] = Object.entries(confKeys)

/**
 * Every setting, typed, read once at the edge: the parts behind it are handed their own fields and never see a key.
 *
 * @param warn gets a line for each key of `spark.streaming.*` and `spark.dstream.*` that is not known, and for each old name
 * @throws DStreamError `MALFORMED_CONF_VALUE` naming key, value and the expected form
 * @example
 * readConf(new SparkConf(false).set('spark.streaming.blockInterval', '50ms')).blockIntervalMs // => 50
 */
export function readConf(conf: SparkConf, warn: (message: string) => void = () => {}): Settings {
  for (const message of warningsOf(conf)) warn(message)
  return Object.fromEntries(keys.map(([key, spec]) => [spec.field, settingOf(conf, key, spec)])) as Settings
}

function settingOf(conf: SparkConf, key: string, spec: ConfKey): string | number | boolean | undefined {
  // The error shall name the key that the user wrote.
  const written = [key, spec.oldName, spec.fallback].find(name => name !== undefined && conf.contains(name)) ?? key
  const text = conf.getOption(written) ?? spec.default
  return text === undefined ? undefined : valueOf(written, text, spec)
}

function valueOf(key: string, text: string, spec: ConfKey): string | number | boolean {
  if (spec.form === 'boolean') return booleanOf(key, text)
  if (spec.form === 'text') return choiceOf(key, text, spec.choices)
  const n =
    spec.form === 'time'
      ? timeMsOf(key, text, spec.bare)
      : spec.form === 'size'
        ? sizeBytesOf(key, text)
        : spec.form === 'integer'
          ? integerOf(key, text)
          : numberOf(key, text)
  if (spec.min !== undefined && n < spec.min) malformed(key, text, `Expected at least ${spec.min}${unitOf(spec.form)}.`)
  return n
}

function choiceOf(key: string, text: string, choices: readonly string[] | undefined): string {
  if (choices === undefined) return text
  return (
    choices.find(choice => choice.toLowerCase() === text.trim().toLowerCase()) ??
    malformed(key, text, `Expected one of ${choices.join(', ')}.`)
  )
}

function unitOf(form: ConfKey['form']): string {
  return form === 'time' ? ' ms' : form === 'size' ? ' bytes' : ''
}

function warningsOf(conf: SparkConf): string[] {
  const warnings: string[] = []
  for (const [key] of conf.getAll()) {
    const renamed = keys.find(([, spec]) => spec.oldName === key)
    if (renamed !== undefined) warnings.push(`The configuration key ${key} has been deprecated; use ${renamed[0]}`)
    else if (/^spark\.(streaming|dstream)\./.test(key) && !Object.hasOwn(confKeys, key)) warnings.push(unknownKey(key))
  }
  return warnings
}

function unknownKey(key: string): string {
  const [nearest, distance] = keys
    .map(([known]) => [known, editDistance(key.toLowerCase(), known.toLowerCase())] as const)
    .reduce((a, b) => (b[1] < a[1] ? b : a))
  const meant = distance <= Math.max(3, key.length / 4) ? `: did you mean ${nearest}?` : ''
  return `The configuration key ${key} is not known and has no effect${meant}`
}

/** How many letters must be added, removed, replaced or swapped with their neighbour to make `b` of `a`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
