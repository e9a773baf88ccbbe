/** A moment as people and programs read it: `2026-03-01T12:00:00.000Z (1772366400000)`. */
export const momentText = (ms: number): string =>
  Math.abs(ms) <= 8.64e15 ? `${new Date(ms).toISOString()} (${ms})` : `${ms} ms`

/** `12 B`, `3.4 kB`, `1.2 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

export const countText = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** A length of time: `200 ms`, `1 s`, `90 s`. */
export const durationText = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`)

/** A heading and lines below it, nothing where there are none. */
export const section = (heading: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${heading}\n${lines.map(line => `  ${line}\n`).join('')}`

/** What JSON has no word for, as text. */
export const asJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? `${field}` : field), 2)}\n`
