import { DStreamError } from '../errors/dstream-error.ts'

/** The text of a configuration key, as a value of one form; the error names key, text and what was expected. */
type Parse<T> = (key: string, text: string) => T

/** @throws always: DStreamError `MALFORMED_CONF_VALUE` */
export function malformed(key: string, text: string, expected: string): never {
  throw new DStreamError('MALFORMED_CONF_VALUE', `${key} is set to "${text}". ${expected}`, {
    hint: `Correct the value of ${key}, or leave the key out to get its default.`,
  })
}

/** `true` or `false`, in any case of letters. */
export const booleanOf: Parse<boolean> = (key, text) => {
  const lower = text.trim().toLowerCase()
  if (lower !== 'true' && lower !== 'false') malformed(key, text, 'Expected true or false.')
  return lower === 'true'
}

/** A whole number. */
export const integerOf: Parse<number> = (key, text) => {
  const n = Number(text.trim())
  if (!/^[+-]?\d+$/.test(text.trim()) || !Number.isSafeInteger(n))
    malformed(key, text, 'Expected a whole number, for example 4.')
  return n
}

/** A number, maybe with a fraction. */
export const numberOf: Parse<number> = (key, text) => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isFinite(n)) malformed(key, text, 'Expected a number, for example 0.75.')
  return n
}

const msPerUnit: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * A time in milliseconds: `200ms`, `5s`, `2min`, `1h`, `3d`; a bare number has the unit `bare`. Microseconds are cut to milliseconds.
 *
 * @see Spark's `JavaUtils.timeStringAs`
 */
export function timeMsOf(key: string, text: string, bare: 'ms' | 's' = 'ms'): number {
  const match = /^(-?\d+)([a-z]+)?$/.exec(text.trim().toLowerCase())
  const unitMs = match === null ? undefined : msPerUnit[match[2] ?? bare]
  if (match === null || unitMs === undefined) {
    return malformed(
      key,
      text,
      'Time must be specified as seconds (s), milliseconds (ms), microseconds (us), minutes (m or min), hour (h), or day (d). E.g. 50s, 100ms, or 250us.',
    )
  }
  const ms = Math.trunc(Number(match[1]) * unitMs)
  return Number.isSafeInteger(ms) ? ms + 0 : malformed(key, text, 'Expected a time below 200,000 years.')
}

const powerOfUnit: Readonly<Record<string, number>> = {
  b: 0,
  k: 1,
  kb: 1,
  m: 2,
  mb: 2,
  g: 3,
  gb: 3,
  t: 4,
  tb: 4,
  p: 5,
  pb: 5,
}

/**
 * A size in bytes: `64m`, `1g`, `512k`; a bare number is bytes. Units are powers of 1024.
 *
 * @see Spark's `JavaUtils.byteStringAs`
 */
export const sizeBytesOf: Parse<number> = (key, text) => {
  const match = /^(\d+)([a-z]+)?$/.exec(text.trim().toLowerCase())
  const power = match === null ? undefined : powerOfUnit[match[2] ?? 'b']
  const bytes = match === null || power === undefined ? NaN : Number(match[1]) * 1024 ** power
  if (!Number.isSafeInteger(bytes)) {
    malformed(
      key,
      text,
      'Size must be specified as bytes (b), kibibytes (k), mebibytes (m), gibibytes (g), tebibytes (t), or pebibytes(p). E.g. 50b, 100k, or 250m.',
    )
  }
  return bytes
}
