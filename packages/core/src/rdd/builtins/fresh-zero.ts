import { decodeRecords, encodeRecords } from '../../codec/index.ts'

/**
 * A zero value as plan data: text, so that the plan stays JSON-able. Every use in a task decodes its own copy, as Spark does, so a
 * zero that is changed in place (an array that is pushed to) never leaks from one key or partition to the next.
 */
export function packed(value: unknown): string {
  return Buffer.from(encodeRecords([value])).toString('base64')
}

/** The value that was packed; a copy of its own each time. */
export function unpacked(text: unknown): unknown {
  return decodeRecords(Buffer.from(text as string, 'base64'))[0]
}

/** Gives the zero anew for each call: copies only what could be changed in place. */
export function freshZero(text: unknown): () => unknown {
  const first = unpacked(text)
  if (typeof first !== 'object' || first === null) return () => first
  return () => unpacked(text)
}
