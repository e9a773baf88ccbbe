/** A line for people: `field value` pairs, a distribution as `p50 … p90 … max …`. */
export function readableLine(line: object): string {
  return Object.entries(line)
    .map(([name, value]) => `${name} ${readable(value)}`)
    .join('  ')
}

function readable(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return `(${Object.entries(value)
    .map(([name, part]) => `${name} ${readable(part)}`)
    .join(' ')})`
}
